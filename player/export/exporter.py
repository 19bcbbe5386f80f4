"""Exporting: the pipeline's blocks, into files that say what they are.

The rule: a file is whole or not there at all, and holds the blocks that playing would send to the loudspeaker, unless
a preset asks for another level. All files of a session, captions and playlist too, are complete before the first gets
its name: if the program is killed at that moment, each file is still whole, either the old one or the new one.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from player import pipeline
from player.errors import UsageError
from player.export import metadata, playlists, presets, sidecars
from player.export import split as splitting
from player.export.formats.bitrates import OF_SPEECH, lost_db
from player.export.formats.table import export_sink, must_be_possible
from player.export.options import PAGE, PRESETS
from player.sound.ahead import computed_ahead
from player.sound.master import AS_PLAYED
from player.storage.atomic import complete, must_be_free, together

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator
    from pathlib import Path

    from pydub import AudioSegment

    from player.export.options import ExportOptions
    from player.export.presets import Preset
    from player.export.tags import Tags
    from player.pipeline import Prepared, Progress
    from player.sound.master import Master
    from player.sound.mixdown import Layer
    from player.storage.atomic import NewFile


def must_be_possible_for(options: ExportOptions) -> None:
    """Refuse options that are not possible here, before any work is done for them.

    Raises
    ------
    UsageError
        If there is no such format, bitrate or preset, or two things do not go together.
    OutputError
        If what makes the format is not installed.
    """
    must_be_possible("mp3" if options.form == PAGE else options.form, options.bitrate)
    if options.preset is not None and options.preset not in PRESETS:
        raise UsageError(f"the preset must be one of {', '.join(PRESETS)}, not {options.preset!r}")
    other_files = {
        "--stems": options.stems,
        "--captions": options.captions,
        "--chapters": options.chapters,
        "--labels": options.labels,
    }
    other = next((option for option, given in other_files.items() if given), None)
    if options.form == PAGE and (other or options.split):
        raise UsageError(f"{other or '--split'} makes more files, and a page has text and chapters in it; leave it out")
    if options.split and other:
        raise UsageError(f"{other} is of the whole and --split makes pieces of it; leave one of them out")
    if options.beside and options.form != PAGE:
        raise UsageError(
            f"--beside is for a page, and {options.form} is sound alone; leave it out, or name --format html"
        )


def targets(ready: Prepared, target: Path, options: ExportOptions) -> tuple[Path, ...]:
    """All files of sound that `export` would make, and the playlist."""
    if options.split:
        found = splitting.parts(ready.timeline)
        return (*(splitting.path(target, part, len(found)) for part in found), _playlist(target))
    return (target, *(_stem(target, layer) for layer in _layers(ready, options)))


def encoded(
    ready: Prepared,
    target: Path,
    options: ExportOptions,
    *,
    force: bool,
    progress: Progress | None = None,
    on_note: Callable[[str], None] | None = None,
) -> NewFile:
    """The session as one complete file of sound that does not have its name yet; see `export`."""
    job, report = _job(ready, options, force, on_note), _counted(progress, ready.timeline.total_ms)
    with closing(job.blocks(report)) as blocks:
        return job.file(target, metadata.tags(job.ready, options.position), blocks)


def export(
    ready: Prepared,
    target: Path,
    options: ExportOptions,
    *,
    force: bool,
    progress: Progress | None = None,
    on_note: Callable[[str], None] | None = None,
) -> tuple[Path, ...]:
    """Export the session as a file or as several, each whole or not at all; returns their paths.

    Parameters
    ----------
    on_note
        Called with a sentence where a preset cannot be met.

    Raises
    ------
    UsageError
        If the options are not possible, or a file is there already, without ``force``.
    OutputError
        If a file cannot be written.
    """
    must_be_possible_for(options)
    sidecars.paths(target, captions=options.captions, chapters=options.chapters, labels=options.labels, force=force)
    files = targets(ready, target, options)
    for each in files:
        must_be_free(each, force=force)
    job = _job(ready, options, force, on_note)
    report = _counted(progress, ready.timeline.total_ms * (1 if options.split else len(files)))
    with together() as made:
        for file in job.split(target, report) if options.split else job.whole(target, report):
            made.append(file)
    return tuple(file.target for file in made)


def _job(ready: Prepared, options: ExportOptions, force: bool, on_note: Callable[[str], None] | None) -> _Job:  # noqa: FBT001 (as in `_Job`)
    """The job, at the preset's level if there is one."""
    preset = presets.PRESETS.get(options.preset or "")
    if preset is None:
        return _Job(ready, options, force)
    return _Job(presets.suited(ready, preset), options, force).mastered(preset, on_note)


@dataclass(frozen=True)
class _Job:
    """One session, and how it becomes files."""

    ready: Prepared
    options: ExportOptions
    force: bool
    master: Master = AS_PLAYED

    def mastered(self, preset: Preset, on_note: Callable[[str], None] | None) -> _Job:
        """The same at a preset's level, or as near as the voice allows; ``on_note`` is then called with the reason."""
        found = presets.mastering(self.ready, preset, one_channel=self.options.mono)
        if found.shortfall and on_note:
            on_note(found.shortfall)
        return replace(self, master=found.master.made_up_for(lost_db(self.options.form, self.bitrate)))

    def whole(self, target: Path, report: Progress) -> Iterator[NewFile]:
        """The session as a file, its stems, and its sidecars."""
        tags = metadata.tags(self.ready, self.options.position)
        with closing(self.blocks(report)) as blocks:
            yield self.file(target, tags, blocks)
        for layer in _layers(self.ready, self.options):
            titled = replace(tags, title=f"{tags.title} ({layer})")
            with closing(self.blocks(report, layer)) as blocks:
                yield self.file(_stem(target, layer), titled, blocks)
        for path, content in self._sidecars(target).items():
            yield complete(path, content, force=self.force)

    def split(self, target: Path, report: Progress) -> Iterator[NewFile]:
        """The session as a file for each section, and the playlist."""
        found, tags = splitting.parts(self.ready.timeline), metadata.tags(self.ready, self.options.position)
        paths = [splitting.path(target, part, len(found)) for part in found]
        with closing(self.blocks(report)) as whole:
            for part, group in groupby(splitting.cut(whole, found), key=lambda pair: pair[0]):
                blocks = (block for _, block in group)
                yield self.file(paths[part.number - 1], splitting.tags(tags, part, len(found)), blocks)
        yield complete(_playlist(target), splitting.playlist(tags.title, found, paths).encode(), force=self.force)

    def file(self, target: Path, tags: Tags, blocks: Iterable[AudioSegment]) -> NewFile:
        """A complete file that does not have its name yet."""
        options = self.options
        sink = export_sink(
            target, options.form, tags=tags, bitrate=self.bitrate, one_channel=options.mono, force=self.force
        )
        try:
            for block in blocks:
                sink.write(block)
            return sink.finish()
        except BaseException:
            sink.abort()
            raise

    def _sidecars(self, target: Path) -> dict[Path, bytes]:
        """Captions, chapters and labels."""
        options = self.options
        return sidecars.contents(
            self.ready.timeline,
            target,
            captions=options.captions,
            chapters=options.chapters,
            labels=options.labels,
            language=self.ready.session.language,
        )

    @property
    def bitrate(self) -> int | None:
        """The bitrate of the options, or the one for this session; None is the format's own."""
        if self.options.bitrate or self.options.form != "mp3" or self.options.mono:
            return self.options.bitrate
        preset = presets.PRESETS.get(self.options.preset or "")
        return (preset.bitrate if preset else None) or (None if self.ready.beds else OF_SPEECH)

    def blocks(self, report: Progress, *layers: Layer) -> Generator[AudioSegment]:
        """The mixed blocks; another thread mixes ahead of the encoder.

        WAV is not encoded: there a block is written sooner than another thread could hand it over.
        """
        mixed = pipeline.blocks(self.ready, master=replace(self.master, layers=layers))
        with closing(mixed if self.options.form == "wav" else computed_ahead(mixed)) as blocks:
            for block in blocks:
                yield block
                report(len(block), 0)


def _layers(ready: Prepared, options: ExportOptions) -> tuple[Layer, ...]:
    """The layers to export as stems: those in which something sounds."""
    if not options.stems:
        return ()
    are_tones = {cue.is_tone for cue in ready.timeline.cues}
    sounding: dict[Layer, object] = {"voice": False in are_tones, "bed": ready.beds, "tones": True in are_tones}
    return tuple(layer for layer, sounds in sounding.items() if sounds)


def _stem(target: Path, layer: Layer) -> Path:
    return target.with_name(f"{target.stem}.{layer}{target.suffix}")


def _playlist(target: Path) -> Path:
    return target.with_suffix(playlists.ENDING)


def _counted(progress: Progress | None, total_ms: int) -> Progress:
    """A function that adds up the time that is done in all files."""
    done_ms = 0

    def report(more_ms: int, _: int) -> None:
        nonlocal done_ms
        done_ms += more_ms
        if progress:
            progress(done_ms, total_ms)

    return report
