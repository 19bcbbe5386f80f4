"""The picture of a session along time: its breaths, its speech and tones, and its bed.

``curves`` and ``passage`` turn a timeline into numbers. ``body``, ``voice`` and ``background`` draw these as marks,
which ``page`` puts together. ``renderer`` makes a file's bytes of a page. Other rooms call ``drawing``.
"""
