"""Voice-guided relaxation audio from plain YAML scripts.

The folders are the path of the data: ``script -> techniques -> timeline -> voice -> sound -> output``.
``pipeline`` wires them; ``cli`` asks the pipeline.
"""
