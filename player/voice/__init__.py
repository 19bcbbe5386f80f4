"""Voice: utterances become clips, each spoken once and kept in the store with its beat.

``clips.speak_all`` is the way in; ``engine`` says what an engine is, and ``pyttsx3_engine`` is the one there is.
"""
