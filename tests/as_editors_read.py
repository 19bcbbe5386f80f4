"""YAML as an editor hands it to a schema: plain scalars are numbers, truth values and nothing, as in YAML 1.2."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from player.script.yaml import reader
from player.script.yaml.nodes import Mapping, Scalar

if TYPE_CHECKING:
    from player.script.yaml.nodes import Node

_INTEGER = re.compile(r"[-+]?[0-9]+")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}


def load(text: str) -> object:
    return value(reader.read(text, "a.yaml"))


def value(node: Node) -> object:
    if isinstance(node, Scalar):
        return node.text if node.quoted else _plain(node.text)
    if isinstance(node, Mapping):
        return {key.text: value(each) for key, each in node.pairs}
    return [value(each) for each in node.items]


def _plain(text: str) -> object:
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text
