"""Texts from elsewhere as scripts: plain text with pauses, Markdown, phrases with seconds, subtitles.

The rule: nothing is lost silently. Every word of a text is in its script: as something to say, as a title, or in a
comment for what was not understood, which is also handed back with its line. A text in, a script out; no files are
touched.
"""
