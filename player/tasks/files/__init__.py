"""An exported file: what it is to be, what it carries, what lies beside it, and what can be taken out of it again.

The rule: the sound is the pipeline's; here is decided how it becomes files, and what they say of themselves.
"""
