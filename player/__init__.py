"""Voice-guided relaxation audio from plain YAML scripts.

The folders are the path of the data: ``script -> techniques -> timeline -> voice -> sound -> output``.
``pipeline`` wires them; ``cli`` asks the pipeline.
"""

__version__ = "0.1.0"
"""Here, and not asked of the installed package: that takes 20 ms, and every file tells it."""
