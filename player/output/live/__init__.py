"""The programme as sound in the room: a tape, and a process of its own that plays it."""
