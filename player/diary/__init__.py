"""The diary: what was practised and when, and where sessions were stopped.

The rule: it is one small file on this machine, which only its owner can read and which is sent nowhere. Nothing in it
is worth a disturbed session: who plays turns its errors into a warning. It knows no scripts and no sound: what a user
asked for is JSON to it.
"""
