"""Tools for authors: new scripts, the schemas that editors read, and checks at every save.

The rule: the model defines the language; a step is named here only to explain it.
"""
