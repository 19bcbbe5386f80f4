"""YAML text becomes values of declared types, ``reader -> nodes -> binding``, with a problem for each thing wrong.

The rule: nothing here knows what a session is.
"""
