"""For those who write scripts: new ones to begin with, the schemas that editors read, and checks at every save.

The rule: what is told of the language is the model's own; nothing here names a step but to explain it.
"""
