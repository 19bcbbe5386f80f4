"""Installing voices from the network or from a file, and removing them.

Only the voice that the user names is fetched. Questions and answers are in ``player.cli.voices``.
"""
