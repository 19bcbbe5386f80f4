"""`notice`: grounding; a lead line, then prompts or silences of equal length.

No source gives seconds for the prompts; the bundled sessions use 9 to 15 s each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from player.script.yaml.types import Count, Duration, FieldError, OneOrMore, Text
from player.techniques.cue import Part, Slot
from player.techniques.speech import spoken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from player.errors import Position
    from player.techniques.planning import Planner


@dataclass(frozen=True)
class Prompts:
    """The lead line and what follows it; prompts beyond ``say`` are silent."""

    lead: Text
    each: Duration
    prompts: Count | None = None
    lead_for: Duration | None = None
    say: OneOrMore[Text] = ()

    def __post_init__(self) -> None:
        """Without ``prompts`` there are as many as ``say`` has lines; more lines than prompts are a mistake."""
        if self.prompts is None and not self.say:
            raise FieldError("prompts", "must be given where there is no say")
        if self.prompts is not None and len(self.say) > self.prompts:
            raise FieldError("say", f"has {len(self.say)} lines, but there are only {self.prompts} prompts")


@dataclass(frozen=True)
class Notice:
    """Guides the senses to what is here."""

    notice: Prompts

    def parts(self, at: Position, planner: Planner) -> Iterator[Part]:
        """A slot for the lead, and one for each prompt."""
        fields = self.notice
        yield Slot(at, fields.lead_for, spoken(fields.lead, planner), then_ms=1000)
        for number in range(fields.prompts or len(fields.say)):
            line = fields.say[number] if number < len(fields.say) else ""
            yield Slot(at, fields.each, spoken(line, planner) if line else ())
