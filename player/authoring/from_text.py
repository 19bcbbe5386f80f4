"""A new script of a text file from elsewhere: read, converted, written.

The rule: a script that is written has no problem, but for words that a voice cannot say in their time. It prints
nothing.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from player.authoring import new
from player.authoring.texts.converting import ConvertedText, converted
from player.errors import ScriptError, UsageError, printable
from player.script.session import DEFAULT_LANGUAGE, parse
from player.script.yaml.encoding import LARGEST
from player.script.yaml.types import LANGUAGE
from player.storage.atomic import must_be_free, write_all
from player.techniques import TECHNIQUES
from player.units import format_duration

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MARKS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
"""Byte order marks, with which some editors begin a file."""


@dataclass(frozen=True)
class ImportedText:
    """A script that was written of the text in ``source``."""

    source: Path
    path: Path
    language: str
    text: ConvertedText

    def told(self) -> Iterator[str]:
        """What was not understood, and what has no room in its time: each with file and line."""
        source = printable(str(self.source))
        for each in self.text.unread:
            yield f"{source}:{each.line}: not understood, and kept as a comment: {printable(each.text)}"
        for line, slot_ms in self.text.crowded:
            remedy = "so it takes the time that it needs, and the rest comes later; shorten it"
            yield f"{source}:{line}: has more words than can be said in its {format_duration(slot_ms)}, {remedy}"


def write(
    name: str, source: Path, output: Path | None, *, language: str | None, form: str | None, force: bool = False
) -> ImportedText:
    """Write the script of a text.

    Parameters
    ----------
    language
        The tag of the text's language; English otherwise.
    form
        The name of its format; otherwise what is in it decides.

    Raises
    ------
    UsageError
        If the name is none for a script, the text cannot be read, has nothing to say or is too long, or the file is
        there already, without ``force``.
    OutputError
        If it cannot be written.
    """
    path, shown_source = new.place(name, output), printable(str(source))
    try:
        tag = LANGUAGE.parse(language or DEFAULT_LANGUAGE)
    except ValueError as error:
        raise UsageError(f"--in {error}") from None
    must_be_free(path, force=force)
    made = converted(_text(source), new.title_of(name), tag, form)
    if not made.script:
        raise UsageError(f"{shown_source} has no words to say; name a text with some")
    script = f"{new.schema()}\n{made.script}"
    try:
        parse(script, str(path), TECHNIQUES)
    except ScriptError as error:
        told = error.problems[0].text
        raise UsageError(f"{shown_source} makes no script: {told}; divide or shorten the text") from error
    write_all({path: script.encode()}, force=force)
    return ImportedText(source, path, tag, made)


def _text(source: Path) -> str:
    name = printable(str(source))
    try:
        with source.open("rb") as file:
            data = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise UsageError(f"{name} cannot be read: {reason}; name a text file") from error
    if len(data) > LARGEST:
        raise UsageError(f"{name} is larger than {LARGEST // 1024} KiB; divide it into several texts")
    encoding = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UsageError(_no_text(name, data, error.start)) from error
    if "\0" in text:  # such as UTF-16 without its mark
        raise UsageError(_no_text(name, data, data.index(0)))
    return text


def _no_text(name: str, data: bytes, at: int) -> str:
    line, byte = data.count(b"\n", 0, at) + 1, data[at]
    return f"{name} must be UTF-8 text, but has the byte 0x{byte:02x} in line {line}; save the file as UTF-8"
