"""The colours of a page: those of the session's cover, and mixtures of them that can be read.

The rule: text has a contrast of 7 to 1 at least with what it lies on, in light and in dark (WCAG 2.2, 1.4.6;
tests/export/page/test_colours.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from player.picture.cover import COLOURS, colours

if TYPE_CHECKING:
    from collections.abc import Iterable

WHITE: Final = "ffffff"
_ICON: Final = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Ccircle cx='16' cy='16'"
    " r='16' fill='%23{dark}'/%3E%3Ccircle cx='16' cy='16' r='11' fill='%23{middle}'/%3E%3Ccircle cx='16' cy='16' r='6'"
    " fill='%23{light}'/%3E%3C/svg%3E"
)


def palette(technique: str) -> dict[str, str]:
    """Each colour of a technique by its name in the style, as six hexadecimal digits.

    ``deep``, ``mid`` and ``light`` are the cover's. On ``deep`` lie ``light``, and ``dim`` for what is less important;
    on ``paper`` lie ``ink`` and ``soft``.
    """
    deep, middle, light = colours(technique)
    paper = mixed(light, WHITE, 0.45)
    return {
        "deep": deep,
        "mid": middle,
        "light": light,
        "dim": mixed(light, deep, 0.76),
        "paper": paper,
        "ink": mixed(deep, "000000", 0.9),
        "soft": mixed(deep, paper, 0.82),
    }


def name(technique: str) -> str:
    """The class that has a technique's colours."""
    return f"t-{technique if technique in COLOURS else 'guide'}"


def rules(techniques: Iterable[str]) -> str:
    """The style of the classes of these techniques, and of a guide's."""
    found = {name(each): palette(each) for each in (*techniques, "guide")}
    return "".join(
        f".{each} {{ {' '.join(f'--{key}: #{value};' for key, value in colour.items())} }}\n"
        for each, colour in sorted(found.items())
    )


def icon(technique: str) -> str:
    """The address of a small picture for the tab of a browser: SVG."""
    dark, middle, light = colours(technique)
    return _ICON.format(dark=dark, middle=middle, light=light)


def mixed(one: str, other: str, share: float) -> str:
    """A colour with this share of ``one``, 0 to 1."""
    pairs = zip(bytes.fromhex(one), bytes.fromhex(other), strict=True)
    return bytes(round(a * share + b * (1 - share)) for a, b in pairs).hex()


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21 (WCAG 2.2)."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    shares = (part / 255 for part in bytes.fromhex(colour))
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
