"""A session as text: captions, lyrics, chapters and labels in the formats of other programs."""
