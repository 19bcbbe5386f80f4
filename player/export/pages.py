"""Pages: a session or a whole programme becomes one page for a browser, with its sound in it or beside it.

The rule: the page and the sound beside it are complete before either gets its name. The sound is what every other
export has: the same blocks, as MP3 in one channel, as a voice needs no more and the file travels.
"""

from __future__ import annotations

import os
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from itertools import repeat
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from player import pipeline
from player.errors import OutputError, printable
from player.export import album, exporter, metadata, presets
from player.export.extract import Extracted
from player.export.options import PAGE
from player.export.page.document import ListedPage, PageSession, data_url, index, page
from player.export.page.labels import labels
from player.pipeline import programmes
from player.script import library
from player.storage.atomic import complete, must_be_free, together, write_all
from player.storage.failures import sentences
from player.storage.names import safe_stem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from player.export.album import OnNote, Steps
    from player.export.options import AlbumPosition, ExportOptions
    from player.export.tags import Origin, Tags
    from player.pipeline import Machine, Prepared, RequestedSession
    from player.pipeline.turns import PlannedProgramme
    from player.script.languages import PageWords
    from player.storage.atomic import NewFile

LARGE_BYTES: Final = 25_000_000
"""What mail programs and messengers take at most (Gmail: 25 MB), and phones open without a wait."""


def place(target: Path, *, beside: bool) -> Path:
    """The file of a page: ``night.html``, or ``night/index.html`` where the sound lies beside it."""
    is_name = target.suffix.lower() == f".{PAGE}" and not os.path.isdir(target)  # noqa: PTH112 (any length of name)
    folder = target.with_suffix("") if is_name else target
    return folder / f"index.{PAGE}" if beside else target


@dataclass(frozen=True)
class PageProgramme:
    """A programme as a page tells it; ``positions`` are those of the sessions that are on the page, in their order."""

    title: str
    summary: str
    positions: tuple[AlbumPosition, ...]


def export(
    readies: Iterable[Prepared],
    target: Path,
    options: ExportOptions,
    *,
    force: bool,
    programme: PageProgramme | None = None,
    steps: Steps | None = None,
    on_note: OnNote | None = None,
) -> tuple[Path, ...]:
    """Make a page of one session, or of all of a programme; returns its path, and those of the sound beside it.

    Parameters
    ----------
    target
        The file of the page; see `place`. With the sound beside it, its folder is made if it is not there.
    programme
        Where the sessions are those of one.
    steps
        Called with the title of each session; gives a function to report progress to.
    on_note
        Called with a sentence where a preset cannot be met, and where the page is large.

    Raises
    ------
    UsageError
        If the options are not possible, or a file is there already, without ``force``.
    OutputError
        If a file cannot be written.
    """
    exporter.must_be_possible_for(options)
    must_be_free(target, force=force)
    if options.beside:
        with sentences(OutputError, "write", target):
            target.parent.mkdir(parents=True, exist_ok=True)
    job = _PageJob(target, options, force, steps or (lambda _: nullcontext()), on_note)
    positions = programme.positions if programme else repeat(None)
    with together() as made:
        sessions = [job.session(ready, position, made) for ready, position in zip(readies, positions, strict=False)]
        content = page(sessions, *((programme.title, programme.summary) if programme else ("", ""))).encode()
        made.append(complete(target, content, force=force))
    _warn_if_large(target, len(content), options, on_note)
    return tuple(each.target for each in (made[-1], *made[:-1]))


def export_programme(
    plan: PlannedProgramme,
    target: Path,
    options: ExportOptions,
    machine: Machine,
    *,
    force: bool,
    steps: Steps,
    on_note: OnNote | None = None,
) -> tuple[Path, ...]:
    """Make one page of a programme; every session is spoken first, so that failures come early. See `export`."""
    must_be_free(target, force=force)
    positions = tuple(album.position(plan, turn) for turn in plan.turns)
    for turn, position in zip(plan.turns, positions, strict=True):
        if options.beside:
            must_be_free(sound_file(target, turn.name, position), force=force)
    for requested in programmes.distinct(turn.requested for turn in plan.turns):
        with steps("Speaking") as report:
            pipeline.prepare(requested, machine, report)
    readies = (pipeline.prepare(turn.requested, machine) for turn in plan.turns)
    about = PageProgramme(plan.title, plan.summary, positions)
    return export(readies, target, options, force=force, programme=about, steps=steps, on_note=on_note)


@dataclass(frozen=True)
class _PageJob:
    """How each session gets into a page."""

    page: Path
    options: ExportOptions
    force: bool
    steps: Steps
    on_note: OnNote | None

    def session(self, ready: Prepared, position: AlbumPosition | None, made: list[NewFile]) -> PageSession:
        """The session with its sound, which is added to ``made`` where it stays a file."""
        options = replace(self.options.of_sound, position=position or self.options.position)
        name = library.stem(ready.request.session)
        file = sound_file(self.page, name, position) if self.options.beside else self.page
        with self.steps(ready.session.title) as report:
            sound = exporter.encoded(ready, file, options, force=self.force, progress=report, on_note=self.on_note)
        if self.options.beside:
            made.append(sound)
            return _shown(ready, options, quote(file.name))
        return _shown(ready, options, _taken_in(sound))


def sound_file(page: Path, name: str, position: AlbumPosition | None) -> Path:
    """The sound beside a page: with its number in a programme, as in the programme's folder."""
    stem = album.numbered(name, position) if position else safe_stem(name)
    return page.with_name(f"{stem}.mp3")


def _taken_in(sound: NewFile) -> str:
    """All of a file as an address; the file goes away."""
    try:
        with sentences(OutputError, "write", sound.target):
            return data_url("audio/mpeg", sound.part.read_bytes())
    finally:
        sound.discard()


def _warn_if_large(file: Path, size: int, options: ExportOptions, on_note: OnNote | None) -> None:
    if size > LARGE_BYTES and not options.beside and on_note:
        on_note(
            f"{printable(str(file))} has {size / 1e6:.0f} MB, which mail programs refuse and phones open slowly;"
            " --beside makes a folder with the sound in files of its own"
        )


def _shown(ready: Prepared, options: ExportOptions, sound: str) -> PageSession:
    preset = presets.PRESETS.get(options.preset or "")
    ready = presets.suited(ready, preset) if preset else ready
    session, tags = ready.session, metadata.tags(ready, options)
    if tags.origin is None:
        raise LookupError("a session has no origin")
    origin = tags.origin
    return PageSession(
        ready.timeline,
        session.summary,
        session.technique,
        session.language,
        session.safety,
        tags.cover(),
        origin,
        sound,
        tuple(_notes(ready, tags, origin)),
    )


def _notes(ready: Prepared, tags: Tags, origin: Origin) -> Iterator[str]:
    """Who made the session, and when, where it is told; what made the page, and again; and the licences."""
    words, facts = labels(ready.session.language).words, origin.facts
    if tags.author:
        yield words.by.format(author=f"{tags.author}, {tags.year}" if tags.year else tags.author)
    yield words.made.format(program=facts["version"], name=origin.name)
    if spoken_by := facts["spoken_by"]:
        yield words.spoken.format(voice=_voice(ready, spoken_by), rate=_range(ready.session.voice.rates))
    *_, command = Extracted(origin.name, origin.script, facts, origin.includes).notes()
    yield words.remake.format(command=f"{command.removeprefix('# ')} --format {PAGE}")
    yield words.licence.format(licence=tags.license) if tags.license else _licence(ready, words)
    yield words.around


def _voice(ready: Prepared, called: str) -> str:
    """A voice's name, and behind it what options and scripts call it, if that is something else."""
    named = next((each.name for each in ready.machine.engine.voices() if each.id == called), called)
    return called if named == called else f"{named} ({called})"


def _range(ends: tuple[float, float]) -> str:
    """A value that stays, or the first and the last of one that changes, such as 105–90; the same in all languages."""
    first, last = ends
    return f"{first:g}" if first == last else f"{first:g}–{last:g}"


def _licence(ready: Prepared, words: PageWords) -> str:
    """The terms of a script that does not tell any."""
    ours = library.bundled("scripts").resolve()
    with suppress(OSError):
        if ready.requested.source.path.resolve().is_relative_to(ours):
            return words.bundled
    return words.own


def listed(requested: RequestedSession, address: str, total_ms: int) -> ListedPage:
    """A session's page in a list, by its address from the list."""
    session = requested.session
    return ListedPage(quote(address), session.title, session.summary, total_ms, session.technique, session.language)


def write_list(pages: Sequence[ListedPage], folder: Path, reader: str, *, force: bool) -> Path:
    """Write ``index.html``, which lists the pages of a folder, so that any place on the web can serve it.

    ``reader`` is the language of its own words where the sessions are in several (BCP 47).

    Raises
    ------
    UsageError
        If there is one already, without ``force``.
    OutputError
        If it cannot be written.
    """
    target = list_path(folder)
    write_all({target: index(pages, reader).encode()}, force=force)
    return target


def list_path(folder: Path) -> Path:
    """The file of the list of pages in a folder."""
    return folder / f"index.{PAGE}"
