"""Exporting: the pipeline's blocks, into files that say what they are.

The rule: a file is whole or not there at all, and holds the blocks that playing would send to the loudspeaker, unless
a preset asks for another level. All files of a session, captions and playlist too, are complete before the first of
them has its name: who kills the program while they take their names finds each of them whole, old or new.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from player import pipeline
from player.errors import UsageError
from player.export import metadata, playlists, presets, sidecars
from player.export import split as pieces
from player.export.formats.bitrates import OF_SPEECH, lost_db
from player.export.formats.table import export_sink, must_be_possible
from player.sound.ahead import made_ahead
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


def must_be_possible_for(wish: ExportOptions) -> None:
    """Refuse a wish that cannot be granted here, early, before any work is done for it.

    Raises
    ------
    UsageError
        If there is no such format, bitrate or preset, or two things do not go together.
    OutputError
        If what makes the format is not installed.
    """
    must_be_possible(wish.form, wish.bitrate)
    if wish.preset is not None and wish.preset not in presets.PRESETS:
        raise UsageError(f"the preset must be one of {', '.join(presets.PRESETS)}, not {wish.preset!r}")
    beside = {"--stems": wish.stems, "--captions": wish.captions, "--chapters": wish.chapters, "--labels": wish.labels}
    if wish.split and (other := next((option for option, given in beside.items() if given), None)):
        raise UsageError(f"{other} is of the whole and --split makes pieces of it; leave one of them out")


def targets(ready: Prepared, target: Path, wish: ExportOptions) -> tuple[Path, ...]:
    """All files of sound that `export` would make, and the playlist."""
    if wish.split:
        found = pieces.pieces(ready.timeline)
        return (*(pieces.path(target, piece, len(found)) for piece in found), _playlist(target))
    return (target, *(_stem(target, layer) for layer in _layers(ready, wish)))


def export(
    ready: Prepared,
    target: Path,
    wish: ExportOptions,
    *,
    force: bool,
    progress: Progress | None = None,
    tell: Callable[[str], None] | None = None,
) -> tuple[Path, ...]:
    """The session as a file or as several, each whole or not at all; all that were written.

    Parameters
    ----------
    tell
        Called with a sentence where a preset cannot be met.

    Raises
    ------
    UsageError
        If the wish cannot be granted, or a file is there already, without ``force``.
    OutputError
        If a file cannot be written.
    """
    must_be_possible_for(wish)
    sidecars.paths(target, captions=wish.captions, chapters=wish.chapters, labels=wish.labels, force=force)
    preset = presets.PRESETS.get(wish.preset or "")
    ready = presets.suited(ready, preset) if preset else ready
    files = targets(ready, target, wish)
    for each in files:
        must_be_free(each, force=force)
    job = _Job(ready, wish, force)
    if preset:
        job = job.mastered(preset, tell)
    report = _counted(progress, ready.timeline.total_ms * (1 if wish.split else len(files)))
    with together() as made:
        for file in job.split(target, report) if wish.split else job.whole(target, report):
            made.append(file)
    return tuple(file.target for file in made)


@dataclass(frozen=True)
class _Job:
    """One session on its way into files."""

    ready: Prepared
    wish: ExportOptions
    force: bool
    master: Master = AS_PLAYED

    def mastered(self, preset: Preset, tell: Callable[[str], None] | None) -> _Job:
        """The same at the level of a preset, or as near to it as the voice allows, which is told."""
        found = presets.mastering(self.ready, preset, one_channel=self.wish.mono)
        if found.shortfall and tell:
            tell(found.shortfall)
        return replace(self, master=found.master.made_up_for(lost_db(self.wish.form, self.bitrate)))

    def whole(self, target: Path, report: Progress) -> Iterator[NewFile]:
        """The session as a file, its stems, and what stands beside it."""
        tags = metadata.tags(self.ready, self.wish.place)
        with closing(self._blocks(report)) as blocks:
            yield self._file(target, tags, blocks)
        for layer in _layers(self.ready, self.wish):
            titled = replace(tags, title=f"{tags.title} ({layer})")
            with closing(self._blocks(report, layer)) as blocks:
                yield self._file(_stem(target, layer), titled, blocks)
        for path, content in self._beside(target).items():
            yield complete(path, content, force=self.force)

    def split(self, target: Path, report: Progress) -> Iterator[NewFile]:
        """The session as a file for each section, and the playlist."""
        found, tags = pieces.pieces(self.ready.timeline), metadata.tags(self.ready, self.wish.place)
        paths = [pieces.path(target, piece, len(found)) for piece in found]
        with closing(self._blocks(report)) as whole:
            for piece, group in groupby(pieces.cut(whole, found), key=lambda pair: pair[0]):
                blocks = (block for _, block in group)
                yield self._file(paths[piece.number - 1], pieces.tags(tags, piece, len(found)), blocks)
        yield complete(_playlist(target), pieces.playlist(tags.title, found, paths).encode(), force=self.force)

    def _file(self, target: Path, tags: Tags, blocks: Iterable[AudioSegment]) -> NewFile:
        """A file that is complete and has yet to be given its name."""
        wish = self.wish
        sink = export_sink(target, wish.form, tags=tags, bitrate=self.bitrate, one_channel=wish.mono, force=self.force)
        try:
            for block in blocks:
                sink.write(block)
            return sink.finish()
        except BaseException:
            sink.abort()
            raise

    def _beside(self, target: Path) -> dict[Path, bytes]:
        """Captions, chapters and labels."""
        wish = self.wish
        return sidecars.contents(
            self.ready.timeline,
            target,
            captions=wish.captions,
            chapters=wish.chapters,
            labels=wish.labels,
            language=self.ready.session.language,
        )

    @property
    def bitrate(self) -> int | None:
        """What was wished, or what this session asks for; None is the format's own."""
        if self.wish.bitrate or self.wish.form != "mp3" or self.wish.mono:
            return self.wish.bitrate
        preset = presets.PRESETS.get(self.wish.preset or "")
        return (preset.bitrate if preset else None) or (None if self.ready.beds else OF_SPEECH)

    def _blocks(self, report: Progress, *layers: Layer) -> Generator[AudioSegment]:
        """What is heard, mixed while the encoder is at work on what came before.

        Where nothing is encoded, a block is written sooner than another thread has got hold of it.
        """
        mixed = pipeline.blocks(self.ready, master=replace(self.master, layers=layers))
        with closing(mixed if self.wish.form == "wav" else made_ahead(mixed)) as blocks:
            for block in blocks:
                yield block
                report(len(block), 0)


def _layers(ready: Prepared, wish: ExportOptions) -> tuple[Layer, ...]:
    """The stems that are wanted: those in which something sounds."""
    if not wish.stems:
        return ()
    are_tones = {cue.is_tone for cue in ready.timeline.cues}
    sounding: dict[Layer, object] = {"voice": False in are_tones, "bed": ready.beds, "tones": True in are_tones}
    return tuple(layer for layer, sounds in sounding.items() if sounds)


def _stem(target: Path, layer: Layer) -> Path:
    return target.with_name(f"{target.stem}.{layer}{target.suffix}")


def _playlist(target: Path) -> Path:
    return target.with_suffix(playlists.ENDING)


def _counted(progress: Progress | None, total_ms: int) -> Progress:
    """Adds up what is done, over all files."""
    done_ms = 0

    def report(more_ms: int, _: int) -> None:
        nonlocal done_ms
        done_ms += more_ms
        if progress:
            progress(done_ms, total_ms)

    return report
