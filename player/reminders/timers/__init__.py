"""Timers of the system instead of a waiting program: files for systemd and launchd.

The rule: a timer names exactly the moments of its schedule (tests/reminders/timers). Nothing is switched on or off
here; the command prints how to.
"""
