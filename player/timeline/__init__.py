"""Timeline: when everything happens, in absolute milliseconds. Pure; knows no audio, files or clock."""
