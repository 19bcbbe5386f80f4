"""Tags of files: ID3 in MP3 and WAV, Vorbis comments in FLAC, Ogg and Opus, atoms in M4A."""

from player.export.tags.about import SpokenLine, Tags, software
from player.export.tags.atoms import tag_mp4
from player.export.tags.chapter_limits import left_out
from player.export.tags.comments import tag_flac, tag_ogg, tag_opus
from player.export.tags.frames import id3, riff_info, tag_wav
from player.export.tags.origin import Origin
from player.export.tags.reading import TagsRead, read_tags

__all__ = [
    "Origin",
    "SpokenLine",
    "Tags",
    "TagsRead",
    "id3",
    "left_out",
    "read_tags",
    "riff_info",
    "software",
    "tag_flac",
    "tag_mp4",
    "tag_ogg",
    "tag_opus",
    "tag_wav",
]
