"""The schema of a field of a technique allows what the field reads."""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator

from player.techniques.guidance import StageKind
from player.techniques.muscles import SetKind, group_set


@pytest.mark.parametrize(
    ("text", "allowed"), [("count 6", True), ("tones", True), ("count 0", False), ("hum", False), ("words x", False)]
)
def test_a_stage_of_guidance_is_allowed_where_it_is_read(text: str, allowed: bool) -> None:
    assert Draft202012Validator(StageKind().schema()).is_valid(text) is allowed
    if allowed:
        assert StageKind().parse(text).help == text.split(maxsplit=1)[0]
    else:
        with pytest.raises(ValueError, match="must be count, words, tones or silent"):
            StageKind().parse(text)


def test_every_example_of_a_muscle_set_is_one() -> None:
    schema = SetKind().schema()
    examples = schema["examples"]
    assert isinstance(examples, list)
    assert {"seven", "sixteen", "release-only"} <= {*examples}
    assert [SetKind().parse(each) for each in examples] == [group_set(each).groups for each in examples]
