"""Practising: a session that is played joined with the diary, so that it can go on another time.

The rule: playing comes first. Whoever plays tells a `Keeper` what happens; that the diary cannot be written is a
warning, and never the end of a session. Nothing heavy is loaded here before the loudspeaker is open.
"""
