"""Examines what works on this machine, and how to mend what does not.

Nothing here raises: every problem is a finding.
"""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import dataclass, replace
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from player import __version__, settings
from player.errors import DiaryError, PlayerError, StoreError, printable
from player.history.diary import Diary
from player.live.awake.lock_thread import system_lock
from player.live.device import latency
from player.live.device.backends import INSTALL, available
from player.live.preview import try_out
from player.pipeline import language, region
from player.script import library
from player.settings import location
from player.sound import ffmpeg
from player.sound.kinds import fits
from player.storage import upkeep
from player.storage.failures import sentences
from player.storage.store import Store
from player.units import number_of
from player.voice.pyttsx3_engine import Pyttsx3Engine

if TYPE_CHECKING:
    from collections.abc import Callable

    from player.voice.drivers.table import Driver


@dataclass(frozen=True)
class Finding:
    """One part, whether it works, and what was found or how to mend it. An optional part may be missing."""

    part: str
    well: bool
    finding: str
    optional: bool = False


def examine() -> tuple[Finding, ...]:
    """The findings on all parts, in the order in which a session needs them."""
    with tempfile.TemporaryDirectory(prefix="player-doctor-", ignore_cleanup_errors=True) as elsewhere:
        try:
            store, trouble = Store(), ""
            _must_be_writable(store.root / "entry", StoreError, named=store.root)
        except PlayerError as error:
            store, trouble = Store(Path(elsewhere)), str(error)
        engine = Pyttsx3Engine(store)
        looks: tuple[tuple[str, Callable[[], Finding]], ...] = (
            ("player", _python),
            ("scripts", _scripts),
            ("settings", _settings),
            *((f"voices by {driver.name}", partial(_driver, engine, driver)) for driver in engine.drivers),
            ("voice", lambda: _voices(engine)),
            ("store", lambda: _store(store, trouble)),
            *((variable.part, variable.look) for variable in _VARIABLES if os.environ.get(variable.name)),
            ("diary", _diary),
            ("encoders", _encoders),
            *((("latency", _latency),) if os.environ.get(latency.SETTING) else ()),
            ("simpleaudio", partial(_speaker, "simpleaudio")),
            ("miniaudio", partial(_speaker, "miniaudio")),
            ("media keys", _media_keys),
            ("keep awake", _awake),
            ("ffmpeg", _ffmpeg),
        )
        try:
            return _each_once(tuple(_looked(part, look) for part, look in looks))
        finally:
            engine.stop()


def _each_once(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The findings, with what is wrong with several parts told at the first of them."""
    first: dict[str, str] = {}
    for each in findings:
        if not each.well and len(each.finding) > _LONG:
            first.setdefault(each.finding, each.part)
    return tuple(
        replace(each, finding=f"the same as is said of {told}")
        if not each.well and (told := first.get(each.finding, each.part)) != each.part
        else each
        for each in findings
    )


_LONG = 80
"""Characters of a finding that nobody wants to read twice."""


def _looked(part: str, look: Callable[[], Finding]) -> Finding:
    """What a look finds; whatever it meets is a finding, too."""
    try:
        return look()
    except PlayerError as error:
        return Finding(part, well=False, finding=str(error))
    except Exception as error:  # noqa: BLE001 (a doctor that fails helps nobody)
        return Finding(part, well=False, finding=printable(f"{type(error).__name__}: {error}"))


def _must_be_writable(file: Path, kind: type[PlayerError], named: Path | None = None) -> None:
    """Try to write beside a file, or in the nearest folder above it that is there; nothing is left.

    To ask for the permission is not enough: root has it in the folders of the system itself, too. ``named`` is what an
    error is about, if that is not the file.
    """
    with sentences(kind, "write", named or file):
        nearest = next(each for each in file.parents if each.exists())
        with tempfile.TemporaryFile(dir=nearest):
            pass


def _python() -> Finding:
    return Finding("player", well=True, finding=f"{__version__} on Python {sys.version.split()[0]}, {sys.platform}")


def _scripts() -> Finding:
    return Finding(
        "scripts", well=True, finding=f"{len(library.session_names())} sessions; yours go to {library.own_scripts()}"
    )


def _settings() -> Finding:
    """The listener's settings; with a mistake in them, hardly any command runs."""
    try:
        found = settings.stored()
    except PlayerError as error:
        return Finding("settings", well=False, finding="; ".join(str(error).splitlines()))
    nearest = next(each for each in location.path().parents if os.path.exists(each))  # noqa: PTH110 (never raises)
    if not os.access(nearest, os.W_OK):
        told = f"{location.path()} cannot be written; choose another file with {location.VARIABLE}"
        return Finding("settings", well=False, finding=printable(told), optional=True)
    if found is None:
        return Finding("settings", well=True, finding=f"none; `player settings` would keep them in {location.path()}")
    chosen = len(found.general) + sum(map(len, found.sessions.values()))
    return Finding("settings", well=True, finding=f"{found.path}, {chosen} chosen")


def _driver(engine: Pyttsx3Engine, driver: Driver) -> Finding:
    """One driver of pyttsx3. It is optional, as another may speak."""
    part = f"voices by {driver.name}"
    try:
        found = engine.identity(driver)
    except PlayerError as error:
        return Finding(part, well=False, finding=str(error), optional=True)
    count = f"{number_of(len(found.voices), f'{driver.quality} voice')}"
    variants = f" and {len(found.variants)} variants" if found.variants else ""
    where = f" ({found.library})" if found.library else ""
    told = f"{count}{variants}, pyttsx3 {found.package}, {found.version or 'no version told'}{where}"
    return Finding(part, well=True, finding=told)


def _voices(engine: Pyttsx3Engine) -> Finding:
    """The languages with a natural voice, and how to get more."""
    try:
        chosen = engine.chosen()
    except PlayerError as error:
        return Finding("voice", well=False, finding=str(error))
    by_language = {tag.partition("-")[0]: voice for tag, voice in chosen.items()}
    natural = [
        f"{tag} by {voice.id} ({voice.licence or 'licence not told'})"
        for tag, voice in by_language.items()
        if voice.quality == "natural"
    ]
    others = f"{number_of(len(by_language) - len(natural), 'other language')} by synthetic voices"
    how = "for a natural one, `player voices --install NAME`, as in piper:de_DE-thorsten-medium"
    return Finding("voice", well=True, finding=f"natural: {', '.join(natural) or 'none'}; {others}; {how}")


def _store(store: Store, trouble: str) -> Finding:
    """The store's place and size, and how many entries cannot be used, as far as their headers tell."""
    if trouble:
        return Finding("store", well=False, finding=trouble)
    try:
        usage = store.usage()
        flawed = sum(1 for _ in upkeep.flaws(store.root, fits, whole=False))
    except PlayerError as error:
        return Finding("store", well=False, finding=str(error))
    found = f"{printable(str(store.root))}, {number_of(usage.entries, 'entry', 'entries')}, {usage.bytes / 1e6:.1f} MB"
    if flawed:
        told = f"{found}; unusable: {flawed}, made again when needed (`player cache --verify` names them)"
        return Finding("store", well=False, finding=told, optional=True)
    return Finding("store", well=True, finding=found)


def _diary() -> Finding:
    """The diary's path and content. It is optional: a session plays without it."""
    told: list[str] = []
    try:
        with Diary(told.append) as diary:
            _must_be_writable(diary.path, DiaryError)
            entries, bookmarks = len(diary.entries()), len(diary.bookmarks())
    except PlayerError as error:
        return Finding("diary", well=False, finding=str(error), optional=True)
    found = "; ".join([f"{diary.path}, {number_of(entries, 'entry', 'entries')}, {bookmarks} to go on with", *told])
    return Finding("diary", well=not told, finding=found, optional=True)


def _encoders() -> Finding:
    found, missing = [], []
    for package, formats in _ENCODERS.items():
        try:
            found.append(f"{formats} ({package} {metadata.version(package)})")
        except metadata.PackageNotFoundError:
            missing.append(package)
    if missing:
        return Finding("encoders", well=False, finding=f"not installed: pip install {' '.join(missing)}")
    return Finding("encoders", well=True, finding="; ".join(found))


_ENCODERS = {"lameenc": "mp3", "soundfile": "wav, flac, ogg, opus", "mutagen": "tags and chapters"}


def _limit() -> Finding:
    """The variable for the most that the store may hold: with a wrong one, nothing is ever removed from it."""
    text = f"{upkeep.limit_bytes() / 1e6:.1f} MB, as the variable {upkeep.LIMIT} says"
    return Finding("store limit", well=True, finding=text)


def _language() -> Finding:
    """The variable for the listener's language: with a wrong one, no session is found."""
    return Finding("language", well=True, finding=f"{language.of_listener()}, as the variable {language.VARIABLE} says")


def _region() -> Finding:
    """The variable for the listener's country: with a wrong one, no session is read."""
    return Finding("region", well=True, finding=f"{region.of_listener(None)}, as the variable {region.VARIABLE} says")


class _Variable(NamedTuple):
    """A variable that is looked at where it is set."""

    name: str
    part: str
    look: Callable[[], Finding]


_VARIABLES = (
    _Variable(upkeep.LIMIT, "store limit", _limit),
    _Variable(language.VARIABLE, "language", _language),
    _Variable(region.VARIABLE, "region", _region),
)


def _latency() -> Finding:
    """The variable for the latency, where it is set: no loudspeaker opens with a wrong one."""
    return Finding("latency", well=True, finding=latency.told("miniaudio", os.environ))


def _speaker(kind: str) -> Finding:
    """Whether a loudspeaker library is installed and finds a device, by playing a short silence."""
    if kind not in available():
        return Finding(kind, well=False, finding=f"not installed: {INSTALL[kind]}", optional=True)
    try:
        latency.latency_ms(kind, os.environ)
    except PlayerError:
        return Finding(
            kind, well=False, finding=f"not tried, as {latency.SETTING} is wrong; it is installed", optional=True
        )
    try:
        try_out(kind)
    except PlayerError as error:
        return Finding(kind, well=False, finding=str(error), optional=True)
    return Finding(kind, well=True, finding="installed, and it finds an audio device")


def _media_keys() -> Finding:
    """Whether media keys and headset buttons can reach the player."""
    if sys.platform != "linux":
        return Finding("media keys", well=False, finding="heard on Linux only", optional=True)
    try:
        from player.live.controls.desktop.dbus import answers  # noqa: PLC0415 (dbus-fast may be missing)

        is_there = answers("session")
    except ImportError:
        return Finding("media keys", well=False, finding="not installed: pip install dbus-fast", optional=True)
    if not is_there:
        return Finding("media keys", well=False, finding="there is no session bus to hear them by", optional=True)
    return Finding("media keys", well=True, finding="heard through MPRIS, on the session bus")


def _awake() -> Finding:
    """Whether the machine can be kept from going to sleep by itself while something plays."""
    try:
        by = system_lock().granted()
    except Exception as error:  # noqa: BLE001 (whatever the system's libraries raise: a session plays without them)
        return Finding("keep awake", well=False, finding=f"not possible: {error}", optional=True)
    if not by:
        told = "nothing here grants it, so the machine may go to sleep while something plays; see its power settings"
        return Finding("keep awake", well=False, finding=told, optional=True)
    return Finding("keep awake", well=True, finding=f"the machine stays awake while something plays, by {by}")


def _ffmpeg() -> Finding:
    """ffmpeg, and whether it is one. It is optional: only some sound files, and M4A, need it."""
    if path := ffmpeg.find():
        try:
            return Finding("ffmpeg", well=True, finding=f"{printable(path)}, version {ffmpeg.version(path)}")
        except PlayerError as error:
            return Finding("ffmpeg", well=False, finding=str(error), optional=True)
    how = _FFMPEG.get(sys.platform, _FFMPEG["linux"])
    return Finding("ffmpeg", well=False, finding=f"not installed; only rare sound files need it: {how}", optional=True)


_FFMPEG = {"linux": "sudo apt install ffmpeg", "darwin": "brew install ffmpeg", "win32": "winget install ffmpeg"}
