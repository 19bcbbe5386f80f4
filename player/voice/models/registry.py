"""The voices of hibari, read from a file of the installed package.

hibari itself is not imported: that takes half a second, most of it for onnxruntime.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from player.storage.failures import pass_on

PACKAGE: Final = "hibari-tts"
LICENCE: Final = "Apache-2.0"
"""The licence of hibari, and of Kokoro-82M, from which its voices are distilled (README and NOTICE of hibari 0.2.1)."""

_MODULE: Final = "hibari"
_FILE: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*\.onnx")
_NAME: Final = re.compile(r"[a-z0-9_]+")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class HibariVoice:
    """One voice of hibari.

    Attributes
    ----------
    file
        The name of its model's file.
    size
        Of the model, in bytes.
    language
        BCP 47, such as ``en-GB``.
    carried
        The path of its model if the package contains it, and None if it must be fetched.
    """

    name: str
    file: str
    size: int
    sha256: str
    language: str
    gender: str
    carried: Path | None


def registry() -> dict[str, HibariVoice]:
    """The voices by their names; empty if hibari is not installed, or if its file has another form."""
    spec = find_spec(_MODULE)
    if spec is None or not spec.submodule_search_locations:
        return {}
    try:
        assets = Path(spec.submodule_search_locations[0]) / "assets"
        entries = json.loads((assets / "voices.json").read_bytes()).items()
        voices = [_voice(name, facts, assets) for name, facts in entries]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        pass_on(error)  # without its voices, another one would speak
        return {}
    return {voice.name: voice for voice in voices if _NAME.fullmatch(voice.name) and _FILE.fullmatch(voice.file)}


def _voice(name: str, facts: dict[str, Any], assets: Path) -> HibariVoice:
    file, sha256, language, gender = (str(facts[key]) for key in ("file", "sha256", "language", "gender"))
    if not _SHA256.fullmatch(sha256):
        raise ValueError(f"no sha256: {sha256!r}")
    carried = assets / file if facts.get("bundled") else None
    return HibariVoice(name, file, int(facts["bytes"]), sha256, language, gender, carried)
