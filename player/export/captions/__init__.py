"""A session in words, for eyes: captions, lyrics, chapters and labels as texts in the formats of others."""
