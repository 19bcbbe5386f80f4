"""MPEG-1 Layer III: encoded in several stretches at once, and spliced into one file."""
