"""Signs that a reminder would disturb, each by one small function, in a table for each system.

A sign that cannot be read, or not in time, is no sign.
"""
