"""The voice models that the user installs: listing, fetching, checking and removing them.

``inventory`` lists them, ``install`` installs and removes them, and ``player.voice.folder`` knows their folder. Nothing
here loads a model, and only ``fetching`` connects to a network.
"""
