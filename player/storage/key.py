"""The key of an entry: a digest of everything that decided what is in it."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

Scalar: TypeAlias = str | int | float | bool | None
JSON: TypeAlias = "Scalar | Sequence[JSON] | Mapping[str, JSON]"

SCHEMA: Final = 1
"""Part of every key: a new number makes every entry again."""


def key(fields: Mapping[str, JSON]) -> str:
    """The name of an entry: SHA-256 in 64 hexadecimal digits, over canonical JSON.

    The order of keys does not count, and text is compared in its NFC form; any other difference gives another key.
    """
    value = _nfc({"schema": SCHEMA, "fields": fields})
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _nfc(value: JSON) -> JSON:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, Mapping):
        return {unicodedata.normalize("NFC", name): _nfc(inner) for name, inner in value.items()}
    if isinstance(value, Sequence):
        return [_nfc(inner) for inner in value]
    return value
