"""How many chapters the tags of a format hold. Pure numbers."""

from __future__ import annotations

from typing import Final

ID3: Final = 255
"""An ID3 table of contents counts its entries in one byte ("ID3v2 Chapter Frame Addendum 1.0", 3.2)."""
VORBIS: Final = 999
"""Names as OGM has them count in three figures: ``CHAPTER001``."""
_MOST: Final = {"mp3": ID3, "wav": ID3, "flac": VORBIS, "ogg": VORBIS, "opus": VORBIS}
"""MP4 keeps chapters in a track, which has no limit."""


def left_out(form: str, chapters: int) -> str:
    """A sentence for the user where a file of a format cannot hold so many chapters; otherwise empty."""
    most = _MOST.get(form, chapters)
    if chapters <= most:
        return ""
    return f"The file has the first {most} of {chapters} chapters: {form} holds no more; m4b does, and --chapters json."
