from __future__ import annotations

import pytest

from player.errors import DeviceError
from player.live.device.backends import INSTALL, LONGEST_BUFFER, available, choose

BOTH = ("simpleaudio", "miniaudio")


@pytest.mark.parametrize(
    ("kind", "setting", "installed", "chosen"),
    [
        (None, "", BOTH, BOTH),
        (None, "", ("miniaudio",), ("miniaudio",)),
        (None, "miniaudio", BOTH, ("miniaudio",)),
        ("simpleaudio", "miniaudio", BOTH, ("simpleaudio",)),
    ],
)
def test_the_argument_goes_before_the_setting_before_what_is_there(
    kind: str | None, setting: str, installed: tuple[str, ...], chosen: tuple[str, ...]
) -> None:
    assert choose(kind, 48_000, {"PLAYER_SPEAKER": setting}, installed) == chosen


def test_what_simpleaudio_cannot_count_goes_to_miniaudio() -> None:
    assert choose(None, LONGEST_BUFFER, {}, BOTH) == BOTH
    assert choose(None, LONGEST_BUFFER + 1, {}, BOTH) == ("miniaudio",)
    with pytest.raises(DeviceError, match=r"simpleaudio plays at most .* not 9:00:00; .*: pip install miniaudio"):
        choose(None, 9 * 3600 * 48_000, {}, ("simpleaudio",))


def test_a_longest_buffer_stays_under_two_gigabytes() -> None:
    assert LONGEST_BUFFER * 4 < 2**31


@pytest.mark.parametrize("kind", INSTALL)
def test_what_is_asked_for_and_missing_is_named_with_its_remedy(kind: str) -> None:
    with pytest.raises(DeviceError, match=f"{kind} is not installed; install it with: .*pip install {kind}$"):
        choose(kind, 48_000, {}, ())


def test_an_unknown_setting_names_the_known_ones() -> None:
    with pytest.raises(DeviceError, match="PLAYER_SPEAKER must be simpleaudio or miniaudio, not 'beeper'"):
        choose(None, 48_000, {"PLAYER_SPEAKER": "beeper"}, BOTH)


def test_what_is_available_is_in_the_order_in_which_it_is_taken() -> None:
    assert [name for name in BOTH if name in available()] == list(available())
    assert "miniaudio" in available()
