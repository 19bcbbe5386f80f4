"""The history: the sessions that were heard, and bookmarks where they were stopped.

The history is one small file on this machine, the diary. Only its owner can read it, and it is sent nowhere. If the
file cannot be written, that is a warning, and never ends a session.
"""
