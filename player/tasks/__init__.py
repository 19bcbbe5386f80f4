"""What a command can ask for beyond one session's way to sound: playing, exporting, programmes, looking, authoring.

The rule: a task asks the pipeline and the rooms before it, never the command line, and prints nothing. Tasks may build
on each other; there is one file for each.
"""
