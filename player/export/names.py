"""The names of formats, presets and captions, as the command line offers them.

The rule: it imports nothing, so that the options of a command are known before an encoder is loaded. The tables of
encoders, presets and captions have exactly these names, in this order.
"""

from __future__ import annotations

from typing import Final

BUILT_IN: Final = ("mp3", "wav", "flac", "ogg", "opus")
"""Formats that need nothing but this program."""
BY_FFMPEG: Final = ("m4a", "m4b")
"""Formats that need ffmpeg. The second is an audio book to players: they remember where one stopped listening."""
FORMATS: Final = (*BUILT_IN, *BY_FFMPEG)
PRESETS: Final = ("podcast", "broadcast", "audiobook", "sleep")
CAPTIONS: Final = ("vtt", "srt", "lrc")
