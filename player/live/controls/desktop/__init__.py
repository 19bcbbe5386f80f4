"""What the desktop sends over D-Bus: media keys, and the announcement that the computer will sleep."""
