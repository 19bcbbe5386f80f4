"""Voices that the user brings, from the network or from a file, and takes away again.

Nothing is fetched but what the user names; the words for it are the command line's.
"""
