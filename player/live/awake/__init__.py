"""Keeping the machine awake while something plays, and the display on while the pacer is seen.

The playback loop only says what it wants. A thread asks the system for it, when the first sound is long on its way.
"""
