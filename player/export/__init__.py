"""Files of a session: formats, tags, captions, what lies beside a file, and many files at once.

The rule: the sound is the pipeline's; here is decided how it becomes files, and what they say of themselves. A file
gets its name only when it is whole.
"""
