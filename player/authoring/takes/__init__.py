"""Recording a session's lines oneself: the lines, a sheet to read them from, and a review of the takes.

Nothing here plays or speaks.
"""
