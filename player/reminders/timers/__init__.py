"""Timers of the system in the place of a program that waits: texts for systemd and launchd, and where they lie.

The rule: a timer says exactly the moments of its schedule. Nothing here is switched on or off; the user is told how.
"""
