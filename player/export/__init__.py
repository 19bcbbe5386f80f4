"""Export: a session becomes files, in formats with tags, captions and other sidecars, one or many at once.

The rule: the sound comes from the pipeline; this room makes files of it, and their tags. A file gets its name only when
it is whole.
"""
