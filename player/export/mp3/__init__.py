"""MPEG-1 Layer III: several stretches are encoded at once and spliced into one file."""
