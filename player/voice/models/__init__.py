"""Voice models that the user brings: where they lie, where they come from, how they are checked and taken away.

``inventory`` tells what there is, and ``install`` brings and removes; where they lie, ``player.voice.folder`` says.
Nothing here loads a model, and only ``fetching`` ever connects.
"""
