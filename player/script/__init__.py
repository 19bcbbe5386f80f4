"""YAML text becomes a session: ``reader -> binding -> session``; ``library`` knows where scripts and sounds are.

The rule: this room knows positions, types and problems, and no technique. Import from its modules: nothing is loaded
here, so that a module that needs a type does not load the YAML library.
"""
