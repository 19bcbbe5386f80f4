"""Voice: turns utterances into clips, each spoken once and kept in the store with its beat.

Begin with ``clips.speak_all``. ``engine`` defines the interface of an engine, and ``pyttsx3_engine`` implements it.
"""
