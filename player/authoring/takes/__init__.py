"""Speaking a session oneself: the lines that it takes, a sheet to read them from, and takes looked at.

Nothing here plays or speaks. It stands beside the pipeline.
"""
