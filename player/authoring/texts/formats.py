"""The formats of texts, in the order in which they are recognised by what is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from player.authoring.texts import marked_down, plain, subtitles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from player.authoring.texts.items import TextItem


class TextFormat(NamedTuple):
    """A format: its name, what it is called, whether a text is of it, and how it is read."""

    name: str
    about: str
    recognises: Callable[[str], bool]
    read: Callable[[str], Iterator[TextItem]]


TEXT_FORMATS: Final = (
    TextFormat("vtt", "WebVTT subtitles", subtitles.is_vtt, subtitles.read),
    TextFormat("srt", "SubRip subtitles", subtitles.is_srt, subtitles.read),
    TextFormat("seconds", "phrases with their seconds", plain.is_timed, plain.read_timed),
    TextFormat("markdown", "Markdown", marked_down.is_markdown, marked_down.read),
    TextFormat("plain", "plain text", lambda _: True, plain.read),
)


def text_format(text: str, name: str | None = None) -> TextFormat:
    """The format with this name, or else the first that recognises the text."""
    return next(each for each in TEXT_FORMATS if (each.recognises(text) if name is None else each.name == name))
