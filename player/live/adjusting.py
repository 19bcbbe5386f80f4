"""What a listener changes of a session while it is heard: the guidance of its breaths, and the level of its background.

The rule: no time in the session changes, so another mix of it takes over at the position that is heard, and another
guidance begins with a breath (tests/live/test_adjusting.py). All that takes long is done in a thread: words that are
new are spoken, and the sound from here on is mixed; meanwhile what is there goes on. One change is made at a time, and
the last one that was asked for is made next.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, wait
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from player import pipeline
from player.errors import PlayerError
from player.live.controls.commands import Control
from player.storage.failures import foreseen
from player.techniques.guidance import HELPS
from player.timeline import guiding, levels
from player.timeline.steps import Steps
from player.units import HIGHEST_LEVEL_DB, LOWEST_LEVEL_DB

if TYPE_CHECKING:
    from collections.abc import Callable

    from player.live.controls.commands import AnyControl
    from player.live.transport import Transport
    from player.pipeline import Prepared
    from player.sound.mixdown import Mix

STEP_DB: Final = 2.0
READY_MS: Final = 500
"""A breath that begins sooner than this keeps its guidance: by then the sound is mixed and with the loudspeaker."""
_WARM_MS: Final = 3000
_FADE_MS: Final = 100
"""From one mix to the other, where they differ: short, and no click (anytimeconvert.com/audio-fade)."""
_TOLD_S: Final = 10.0
_LOOK_EVERY_S: Final = 0.2
_LEAVES_WITHIN_S: Final = 3.0


@dataclass(frozen=True)
class Adjustments:
    """The guidance, as for `SessionRequest`, and the level of the background in dB; None is as the script says."""

    guide: str | None = None
    bed_db: float | None = None


class _Adjusted(NamedTuple):
    """A session as it is wanted: ``heard`` from here on, and ``whole`` wherever else one goes in it; with their mixes.

    Without mixes it is prepared, and still to be mixed.
    """

    wanted: Adjustments
    whole: Prepared
    heard: Prepared
    mixes: tuple[Mix, Mix] | None = None


class Adjuster:
    """Adjusts one session.

    Parameters
    ----------
    ready
        The session as it begins, with the level of ``adjusted``.
    adjusted
        What was chosen in an earlier session of the programme.
    speaking
        Held while words are spoken: a voice that has finished stops all its workers.
    """

    def __init__(
        self, ready: Prepared, adjusted: Adjustments = Adjustments(), speaking: threading.Lock | None = None
    ) -> None:
        bed_db = ready.request.bed_db if adjusted.bed_db is None else adjusted.bed_db
        self.wanted = Adjustments(adjusted.guide or ready.request.guide, bed_db)
        self._has_breaths = bool(guiding.breaths(ready.timeline))
        self._before, self._begun_with = adjusted, self.wanted
        guide = ready.request.guide if self._has_breaths else self.wanted.guide
        self._now = _Adjusted(replace(self.wanted, guide=guide), ready, ready)
        self._next: _Adjusted | None = None
        self._job: Future[_Adjusted] | None = None
        self._speaking = speaking or threading.Lock()
        self._speaks = False
        self._notice = ("", 0.0)

    def close(self) -> None:
        """Stop the voice; a thread that is busy with something else is abandoned, and ends with the program."""
        until = time.monotonic() + _LEAVES_WITHIN_S
        while self._job and not self._job.done() and time.monotonic() < until:
            if self._speaks:
                self._now.whole.machine.engine.stop()
            wait([self._job], _LOOK_EVERY_S)

    @property
    def by_keys(self) -> Adjustments:
        """What was chosen by keys, in this session or in one before it; None where no key changed anything."""
        before, begun, wanted = self._before, self._begun_with, self.wanted
        return Adjustments(
            before.guide if wanted.guide == begun.guide else wanted.guide,
            before.bed_db if wanted.bed_db == begun.bed_db else wanted.bed_db,
        )

    @property
    def guide(self) -> str:
        """The guidance that was chosen, as text; empty where the script decides, or there are no breaths."""
        if not self.wanted.guide or not self._has_breaths:
            return ""
        is_less = self.wanted.guide == self._now.wanted.guide and self._now.whole.less_help
        return ", ".join(each.strip() for each in self.wanted.guide.split(",")) + (" where it fits" if is_less else "")

    @property
    def bed_db(self) -> float | None:
        """The level of the background that was chosen; None where the script decides, or there is no background."""
        return self.wanted.bed_db if self._bed_db is not None else None

    @property
    def speaks(self) -> bool:
        """Whether words for another guidance are being spoken."""
        return self._speaks

    @property
    def notice(self) -> str:
        """Why a change could not be made, for some seconds; or an empty string."""
        text, until = self._notice
        return text if time.monotonic() < until else ""

    def carry_out(self, control: AnyControl, transport: Transport) -> bool:
        """Carry out a control; False if it is not about guidance or the level of the background."""
        if control is Control.NEXT_GUIDANCE:
            self._step_guidance(transport.here_ms)
        elif control in {Control.BED_LOUDER, Control.BED_SOFTER}:
            self._step_bed(STEP_DB if control is Control.BED_LOUDER else -STEP_DB, transport)
        else:
            return False
        return True

    def tick(self, transport: Transport) -> None:
        """Let a change that is ready be heard, and begin the next one."""
        if self._job is not None:
            if not self._job.done():
                return
            job, self._job, self._speaks = self._job, None, False
            self._take(job, transport)
        if self.wanted != self._now.wanted:
            self._begin(transport)

    @property
    def _bed_db(self) -> float | None:
        """The level of the background; None where there is none."""
        bed = levels.first_bed(self._now.whole.timeline)
        if bed is None or self.wanted.bed_db is None:
            return None if bed is None else bed.under_voice_db
        return self.wanted.bed_db

    def _step_bed(self, by_db: float, transport: Transport) -> None:
        """Another level; below the lowest one the background is off, and the first step up turns it on again."""
        if (before_db := self._bed_db) is None:
            return
        wanted_db, is_on = before_db + by_db, transport.settings.has_background
        if is_on and wanted_db >= LOWEST_LEVEL_DB:
            self.wanted = replace(self.wanted, bed_db=min(wanted_db, HIGHEST_LEVEL_DB))
        elif is_on == (by_db < 0):
            transport.switch_background()

    def _step_guidance(self, at_ms: int) -> None:
        """The next guidance after the one that was chosen, or else after that of the breath that is heard."""
        chosen = next((each for each in HELPS if each == self.wanted.guide), None)
        if help_ := guiding.help_at(self._now.heard.timeline, at_ms):
            following = HELPS[(HELPS.index(chosen or help_) + 1) % len(HELPS)]
            self.wanted = replace(self.wanted, guide=following)

    def _begin(self, transport: Transport) -> None:
        now, wanted = self._now, self.wanted
        if transport.plays_whole:
            now = now._replace(heard=now.whole)
        if wanted.guide == now.wanted.guide:
            made = partial(_mixed, now, now._replace(wanted=wanted), transport.here_ms)
        elif self._next and self._next.wanted.guide == wanted.guide:
            made = partial(_mixed, now, self._next._replace(wanted=wanted), transport.here_ms)
        else:
            made = partial(self._prepared, wanted)
        self._job = Future()
        threading.Thread(target=_done, args=(made, self._job), name="adjusting", daemon=True).start()

    def _take(self, job: Future[_Adjusted], transport: Transport) -> None:
        try:
            made = job.result()
        except (PlayerError, OSError) as error:
            self.wanted = self._now.wanted
            self._notice = (f"The guidance stays as it is: {foreseen(error) or error}", time.monotonic() + _TOLD_S)
            return
        if made.mixes is None:
            self._next = made
            return
        self._now, self._next = made, None
        transport.exchange(*made.mixes, Steps(made.whole.timeline), _FADE_MS)

    def _prepared(self, wanted: Adjustments) -> _Adjusted:
        """The session with another guidance; its words are spoken, if they are new."""
        now = self._now.whole
        with self._speaking:
            ready = pipeline.prepare(now.requested.guided(wanted.guide), now.machine, self._report)
        return _Adjusted(wanted, ready, ready)

    def _report(self, done: int, total: int) -> None:
        self._speaks = done < total


def _mixed(now: _Adjusted, made: _Adjusted, at_ms: int) -> _Adjusted:
    """The session as it is wanted, mixed, with what is heard from ``at_ms`` on at hand."""
    bed_db = made.wanted.bed_db
    whole, heard = made.whole.at_bed_level(bed_db), now.heard.at_bed_level(bed_db)
    if made.wanted.guide != now.wanted.guide:
        breath_ms = guiding.next_breath(whole.timeline, at_ms + READY_MS)
        heard = whole if breath_ms is None else heard.followed_by(whole, breath_ms)
    elif now.heard is now.whole:
        heard = whole
    later = pipeline.mix(whole)
    mix = later if heard is whole else pipeline.mix(heard)
    mix.block(at_ms, min(at_ms + _WARM_MS, whole.timeline.total_ms))
    return _Adjusted(made.wanted, whole, heard, (mix, later))


def _done(make: Callable[[], _Adjusted], job: Future[_Adjusted]) -> None:
    try:
        job.set_result(make())
    except BaseException as error:  # noqa: BLE001 (it is raised where the change is taken)
        job.set_exception(error)
