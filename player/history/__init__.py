"""What was practised and when, and where sessions were stopped, so that they can go on another time.

The rule: it is one small file on this machine, which only its owner can read and which is sent nowhere. Playing comes
first: that the file cannot be written is a warning, and never the end of a session.
"""
