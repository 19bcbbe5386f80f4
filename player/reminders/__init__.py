"""A session at intervals: the schedule, the loop that waits for it, and timers of the system that do the same.

The schedule is pure. The loop knows neither loudspeaker nor terminal. Timers are written, but not switched on.
"""
