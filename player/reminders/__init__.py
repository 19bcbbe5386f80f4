"""A session again and again: when its moments are, waiting for them, and timers of the system that do the same.

The rule: the schedule is pure; who waits knows neither loudspeaker nor terminal, and who writes timers starts none.
"""
