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
from player.export.formats.bitrates import OF_SPEECH, Quality, has_rate, lost_db, of_mp3
from player.export.formats.table import export_sink, must_be_possible
from player.export.options import PAGE, PRESETS, SAMPLE_RATES
from player.export.rates import at_rate
from player.export.tags import left_out
from player.sound.ahead import computed_ahead
from player.sound.master import AS_PLAYED, Master
from player.sound.mixdown import LAYERS
from player.storage.atomic import complete, must_be_free, together
from player.storage.names import with_tail
from player.units import CHANNELS, RATE

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator
    from pathlib import Path

    from pydub import AudioSegment

    from player.export.options import ExportOptions
    from player.export.presets import Preset
    from player.export.tags import Tags
    from player.pipeline import Prepared, Progress
    from player.sound.mixdown import Layer
    from player.storage.atomic import NewFile


def must_be_possible_for(options: ExportOptions) -> None:
    """Refuse options that are not possible here, before any work is done for them.

    Raises
    ------
    UsageError
        If there is no such format, bitrate, sample rate or preset, or two things do not go together.
    OutputError
        If what makes the format is not installed.
    """
    if options.preset is not None and options.preset not in PRESETS:
        raise UsageError(f"the preset must be one of {', '.join(PRESETS)}, not {options.preset!r}")
    if options.sample_rate is not None and options.sample_rate not in SAMPLE_RATES:
        raise UsageError(
            f"the sample rate must be one of {', '.join(map(str, SAMPLE_RATES))}, not {options.sample_rate}"
        )
    must_be_possible(options.of_sound.form, quality_of(options.of_sound))
    other_files = {
        "--stems": options.stems,
        "--captions": options.captions,
        "--chapters": options.chapters,
        "--labels": options.labels,
    }
    other = next((option for option, given in other_files.items() if given), None)
    if options.form == PAGE:
        _must_be_possible_for_page(options, other or ("--split" if options.split else None))
    elif options.beside:
        raise UsageError(
            f"--beside is for a page, and {options.form} is sound alone; leave it out, or name --format html"
        )
    if options.split and other:
        raise UsageError(f"{other} is of the whole and --split makes pieces of it; leave one of them out")


def _must_be_possible_for_page(options: ExportOptions, other_files: str | None) -> None:
    """Refuse what a page does not have. ``other_files`` is the option that makes more files, if one is given."""
    if other_files:
        raise UsageError(f"{other_files} makes more files, and a page has text and chapters in it; leave it out")
    if options.sample_rate is not None or options.mono is False:
        option = "--stereo" if options.sample_rate is None else "--sample-rate"
        raise UsageError(f"the sound of a page has one channel at {RATE} frames a second; leave {option} out")


def quality_of(options: ExportOptions, *, is_speech_alone: bool = False) -> Quality:
    """How a file is encoded: what the options say, or else what the preset asks for and the format can."""
    form, preset = options.form, presets.PRESETS.get(options.preset or "")
    rate = options.sample_rate or (preset and preset.sample_rate) or RATE
    if options.sample_rate is None and not has_rate(form, rate):
        rate = RATE
    bitrate = options.bitrate
    if bitrate is None and form == "mp3":
        bitrate = preset.bitrate if preset and preset.bitrate in of_mp3(rate) else None
        bitrate = bitrate or (OF_SPEECH if is_speech_alone and options.channels == CHANNELS else None)
    return Quality(bitrate, options.channels, rate)


def targets(ready: Prepared, target: Path, options: ExportOptions) -> tuple[Path, ...]:
    """All files of sound that `export` would make, and the playlist."""
    named = _with_ending(target, options.form)
    if options.split:
        found = splitting.parts(ready.timeline)
        return (*(splitting.path(named, part, len(found)) for part in found), _playlist(named))
    return (target, *(_stem(named, layer) for layer in _layers(ready, options)))


def known_files(target: Path, options: ExportOptions) -> tuple[Path, ...]:
    """All files that `export` to ``target`` can make, but for the parts of a split session.

    What those are called depends on their titles: see `split.may_be_called`.
    """
    named = _with_ending(target, options.form)
    if options.split:
        return (_playlist(named),)
    stems = (_stem(named, layer) for layer in LAYERS if options.stems)
    beside = sidecars.beside(target, captions=options.captions, chapters=options.chapters, labels=options.labels)
    return (target, *stems, *beside)


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
    job = _job(_suited(ready, options), options, force, on_note)
    with closing(job.blocks(_counted(progress, ready.timeline.total_ms))) as blocks:
        return job.file(target, metadata.tags(job.ready, options), blocks)


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
        Called with a sentence where a preset cannot be met, or a file cannot hold every chapter.

    Raises
    ------
    UsageError
        If the options are not possible, or a file is there already, without ``force``.
    OutputError
        If a file cannot be written.
    """
    must_be_possible_for(options)
    sidecars.paths(target, captions=options.captions, chapters=options.chapters, labels=options.labels, force=force)
    ready = _suited(ready, options)
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
    """The job for a session that is `_suited`, at the preset's level if there is one."""
    one_channel, preset = options.channels == 1, presets.PRESETS.get(options.preset or "")
    for warning in ready.warnings(one_channel=one_channel):
        if on_note:
            on_note(warning)
    job = _Job(ready, options, force, on_note, Master(one_channel=one_channel))
    return job.mastered(preset) if preset else job


def _suited(ready: Prepared, options: ExportOptions) -> Prepared:
    """The session as the preset wants it, if there is one."""
    preset = presets.PRESETS.get(options.preset or "")
    return presets.suited(ready, preset) if preset else ready


@dataclass(frozen=True)
class _Job:
    """One session, and how it becomes files."""

    ready: Prepared
    options: ExportOptions
    force: bool
    on_note: Callable[[str], None] | None = None
    master: Master = AS_PLAYED

    def mastered(self, preset: Preset) -> _Job:
        """The same at a preset's level, or as near as the voice allows; the reason is then noted."""
        found = presets.mastering(self.ready, preset, one_channel=self.options.channels == 1)
        self._note(found.shortfall)
        return replace(self, master=found.master.made_up_for(lost_db(self.options.form, self.quality.bitrate)))

    def whole(self, target: Path, report: Progress) -> Iterator[NewFile]:
        """The session as a file, its stems, and its sidecars."""
        tags = metadata.tags(self.ready, self.options)
        self._note(left_out(self.options.form, len(tags.chapters)))
        with closing(self.blocks(report)) as blocks:
            yield self.file(target, tags, blocks)
        for layer in _layers(self.ready, self.options):
            titled = replace(tags, title=f"{tags.title} ({layer})")
            with closing(self.blocks(report, layer)) as blocks:
                yield self.file(_stem(_with_ending(target, self.options.form), layer), titled, blocks)
        for path, content in self._sidecars(target).items():
            yield complete(path, content, force=self.force)

    def split(self, target: Path, report: Progress) -> Iterator[NewFile]:
        """The session as a file for each section, and the playlist."""
        found, tags = splitting.parts(self.ready.timeline), metadata.tags(self.ready, self.options)
        named = _with_ending(target, self.options.form)
        paths = [splitting.path(named, part, len(found)) for part in found]
        with closing(self.blocks(report)) as whole:
            for part, group in groupby(splitting.cut(whole, found, self.quality.rate), key=lambda pair: pair[0]):
                blocks, mine = (block for _, block in group), splitting.tags(tags, part, len(found))
                self._note(left_out(self.options.form, len(mine.chapters)))
                yield self.file(paths[part.number - 1], mine, blocks)
        yield complete(_playlist(named), splitting.playlist(tags.title, found, paths).encode(), force=self.force)

    def _note(self, sentence: str) -> None:
        if sentence and self.on_note:
            self.on_note(sentence)

    def file(self, target: Path, tags: Tags, blocks: Iterable[AudioSegment]) -> NewFile:
        """A complete file that does not have its name yet."""
        sink = export_sink(target, self.options.form, tags=tags, quality=self.quality, force=self.force)
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
    def quality(self) -> Quality:
        """How this session's files are encoded."""
        return quality_of(self.options, is_speech_alone=not self.ready.beds)

    def blocks(self, report: Progress, *layers: Layer) -> Generator[AudioSegment]:
        """The blocks at the file's sample rate."""
        with closing(self._mixed(report, *layers)) as mixed, closing(at_rate(mixed, self.quality.rate)) as blocks:
            yield from blocks

    def _mixed(self, report: Progress, *layers: Layer) -> Generator[AudioSegment]:
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


def _with_ending(target: Path, form: str) -> Path:
    """The name that others are made of: the target's, with the format's ending where it has another one or none."""
    return target if target.suffix.lower() == f".{form}" else target.with_name(f"{target.name}.{form}")


def _stem(target: Path, layer: Layer) -> Path:
    return target.with_name(with_tail(target.stem, f".{layer}{target.suffix}"))


def _playlist(target: Path) -> Path:
    return target.with_name(with_tail(target.stem, playlists.ENDING))


def _counted(progress: Progress | None, total_ms: int) -> Progress:
    """A function that adds up the time that is done in all files."""
    done_ms = 0

    def report(more_ms: int, _: int) -> None:
        nonlocal done_ms
        done_ms += more_ms
        if progress:
            progress(done_ms, total_ms)

    return report
