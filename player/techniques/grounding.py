"""`notice`: grounding; a line that leads if there is one, then prompts or silences of equal length.

No source gives seconds for the prompts; the bundled sessions use 9 to 15 s each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from player.script.yaml.types import Count, Duration, FieldError, Flag, OneOrMore, Said
from player.techniques.cue import Part, Slot
from player.techniques.speech import spoken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from player.errors import Position
    from player.techniques.planning import Planner


@dataclass(frozen=True)
class Prompts:
    """The line that leads and what follows it; prompts beyond ``say`` are silent."""

    example: ClassVar[str] = "notice: {lead: Name five things., each: 9s, prompts: 5}"

    each: Duration
    lead: Said | None = None
    prompts: Count | None = None
    lead_for: Duration | None = None
    say: OneOrMore[Said] = ()
    shuffle: Flag = False

    def __post_init__(self) -> None:
        """Without ``prompts`` there are as many as ``say`` has lines; more lines than prompts are a mistake."""
        if self.prompts is None and not self.say:
            raise FieldError("prompts", "must be given where there is no say")
        if self.prompts is not None and len(self.say) > self.prompts:
            raise FieldError("say", f"has {len(self.say)} lines, but there are only {self.prompts} prompts")
        if self.lead_for is not None and self.lead is None:
            raise FieldError("lead_for", "is the time of the lead, and there is no lead")


@dataclass(frozen=True)
class Notice:
    """Guides the senses to what is here."""

    notice: Prompts

    def parts(self, at: Position, planner: Planner) -> Iterator[Part]:
        """A slot for the lead, and one for each prompt."""
        fields = self.notice
        if fields.lead is not None:
            yield Slot(at, fields.lead_for, spoken(fields.lead, planner), then_ms=1000)
        lines = planner.shuffled(at, fields.say) if fields.shuffle else fields.say
        for number in range(fields.prompts or len(lines)):
            line = lines[number] if number < len(lines) else ""
            yield Slot(at, fields.each, spoken(line, planner) if line else ())
