"""Playing live: the pipeline's blocks, through the loudspeaker; of a programme, one session after another.

The rule: a device takes as long to open as Python takes to load the rest. So where the loudspeaker can wait for its
sound, it is opened first, and nothing heavy is loaded here before that. It stands beside the pipeline.

How much of a programme is known before the first sound: all of it as far as scripts tell, which is parsing and
planning, about 20 ms a session. To speak a whole week could take a minute, so only the first session is spoken then.
While a session plays, the next one is made ready in a thread (`player.tasks.live.ahead`).
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

from player.errors import DeviceError
from player.output.live.edges import LEAD_IN_MS
from player.tasks.live.company import Company
from player.tasks.live.door import Door

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from player.output.live.deck import Deck
    from player.output.live.reel import Taste
    from player.output.live.transport import Transport
    from player.pipeline import Prepared, Progress
    from player.tasks.live.ahead import Ahead
    from player.tasks.live.party import Party
    from player.tasks.turns import Turn
    from player.timeline.model import Timeline

SILENCE_MS: Final = 2000
"""Between two sessions of a programme; the device is closed for most of it, and opens with its lead-in."""


def play(
    ask: Callable[[], Sequence[Turn]],
    start_ms: int = 0,
    *,
    confirm: Callable[[Turn], bool],
    announce: Callable[[Turn, Prepared], None],
    progress: Progress | None = None,
    settle: Callable[[Timeline, int], int] | None = None,
    company: Company | None = None,
    silent: bool = False,
    speaks: bool = True,
) -> int:
    """One session after another through the loudspeaker, the first from ``start_ms`` on, each to its end.

    ``ask`` tells what is to be heard, once the loudspeaker is opening. ``confirm`` is called before each session, and
    returns when the listener is ready, and whether that took an answer; ``announce`` when it is prepared. ``settle``
    tells where the first one really begins. The ``company`` steers, watches, and keeps the place. ``silent`` asks for
    no loudspeaker: time passes, and nothing is heard. Without ``speaks`` no voice need begin to load.

    Returns the exit code: 0 if all was heard, or the listener ended it; otherwise what the end was asked for with.

    Raises `PlayerError` with what stands in the way of a session, or if the first begins behind its end; `DeviceError`
    if there is no loudspeaker, or it is lost on the way; `KeyboardInterrupt` if the user ended it, after the fade.
    """
    with ExitStack() as stack:
        door = stack.enter_context(Door(silent=silent))
        from player.machine import A_COUNT, this_machine  # noqa: PLC0415 (the rule above)

        machine = this_machine(soon=A_COUNT if speaks else "")
        from player import pipeline  # noqa: PLC0415 (the rule above)
        from player.tasks.live.ahead import Ahead  # noqa: PLC0415
        from player.tasks.live.party import Party  # noqa: PLC0415
        from player.tasks.loading import load_sound  # noqa: PLC0415

        first, *others = ask()
        confirm(first)
        if first.told_ms is not None and settle is None:
            door.knock(first.told_ms, start_ms)
        load_sound()
        ready = pipeline.prepare(first.request, machine, progress)
        machine.engine.stop()  # where nothing had to be spoken, a voice may be waiting
        announce(first, ready)
        start_ms = settle(ready.timeline, start_ms) if settle else start_ms
        party = stack.enter_context(Party(company or Company()))
        evening = _Evening(door, party, stack.enter_context(Ahead(others, machine)))
        code = evening.hear(first, ready, start_ms)
        for turn in others:
            code = evening.hear_next(turn, confirm, announce) if code is None else code
        return code or 0


class _Evening:
    """One session after another, as loud and with as much background as the listener wanted the one before."""

    def __init__(self, door: Door, party: Party, ahead: Ahead) -> None:
        self._door = door
        self._party = party
        self._ahead = ahead
        self._taste: Taste | None = None

    def hear_next(
        self, turn: Turn, confirm: Callable[[Turn], bool], announce: Callable[[Turn, Prepared], None]
    ) -> int | None:
        """A later session, a short silence after the one before it; as `hear`."""
        ended = time.monotonic()
        ready = self._ahead.take()
        answered = confirm(turn)
        announce(turn, ready)
        silence_s = 0.0 if answered else ended + (SILENCE_MS - LEAD_IN_MS) / 1000 - time.monotonic()
        code = self._party.rest(silence_s)
        return self.hear(turn, ready, 0) if code is None else code

    def hear(self, turn: Turn, ready: Prepared, start_ms: int) -> int | None:
        """A session; as soon as it sounds, the next one is made ready. None if it was heard to its end."""
        deck = self._door.enter(ready.timeline.total_ms, start_ms)
        try:
            return self._hear(turn, ready, start_ms, deck)
        except DeviceError as error:
            if not turn.programme:
                raise
            # Its sentence says from where to go on in a session; in a programme it must say in which.
            where = "" if error.position_ms is None else f" of `player play {turn.request.session}`"
            raise DeviceError(f"in {turn.name}, {error}{where}", error.position_ms) from error
        finally:
            deck.release()

    def _hear(self, turn: Turn, ready: Prepared, start_ms: int, deck: Deck) -> int | None:
        from player.tasks.live.loop import Loop  # noqa: PLC0415 (the rule above)

        transport, keeper, whole = self._transport(ready, start_ms, deck), self._party.company.keeper, False
        if keeper:
            keeper.began(turn, ready, start_ms)
        try:
            try:
                transport.turn()  # some seconds more are on the tape before anybody else is let in
                self._ahead.begin()
                with self._party.at(ready.timeline):
                    code = Loop(transport, self._party).run()
                whole = code is None
            finally:
                self._taste = transport.taste
                transport.leave()
        finally:
            if keeper:
                keeper.ended(transport.place_ms, transport.heard_ms, whole=whole)
        return code

    def _transport(self, ready: Prepared, start_ms: int, deck: Deck) -> Transport:
        from player import pipeline  # noqa: PLC0415 (the rule above)
        from player.output.live.reel import Reel, Taste  # noqa: PLC0415
        from player.output.live.transport import Transport  # noqa: PLC0415
        from player.timeline.steps import Steps  # noqa: PLC0415

        reel = Reel(pipeline.mix(ready), ready.timeline.total_ms, self._taste or Taste())
        return Transport(reel, Steps(ready.timeline), start_ms, deck, self._door.open)
