"""The picture of a session along time: what is breathed, what is heard, and the bed beneath it.

``curves`` and ``passage`` read a timeline as numbers; ``body``, ``voice`` and ``background`` draw them as marks on
paper, which ``page`` puts together; ``canvas`` makes a file's bytes of it; ``drawing`` is the door.
"""
