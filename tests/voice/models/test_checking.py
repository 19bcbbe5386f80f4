"""Files that are not what they say: models that are none, configs that are none, JSON that is too much."""

from __future__ import annotations

import contextlib
import json
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.errors import VoiceError
from player.voice.models.checking import CONFIG_LIMIT, DEPTH_LIMIT, json_in, must_be_config, must_be_onnx
from tests.fakes_models import config, onnx


def check(folder: Path, data: bytes) -> None:
    path = folder / "a.onnx"
    path.write_bytes(data)
    must_be_onnx(path, "a.onnx")


@pytest.mark.parametrize("filling", [b"", b"x", bytes(300), bytes(10**6)])
def test_a_model_is_taken(tmp_path: Path, filling: bytes) -> None:
    check(tmp_path, onnx(filling))


def test_real_models_are_taken() -> None:
    hibari = find_spec("hibari")  # importing it loads onnxruntime
    if not hibari:
        pytest.skip("needs hibari: pip install hibari-tts")
    models = sorted((Path(str(hibari.origin)).parent / "assets").glob("*.onnx"))
    assert models
    for path in models:
        must_be_onnx(path, path.name)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00" * 100,
        b"\xff" * 100,
        b"<!DOCTYPE html><html>not found</html>",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
        b"PK\x03\x04" + bytes(100),
        b"\x08\x08" * 20_000,
        onnx(bytes(1000))[:-500],
        onnx(b"x", told=2**62),
        onnx()[2:],
        onnx() + b"\x08",
        onnx() + b"\x0b",
    ],
    ids=lambda data: repr(data[:12]),
)
def test_what_is_no_whole_model_is_refused_in_one_sentence(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(VoiceError, match=r"a\.onnx is no ONNX model, or is not whole; fetch it again where you got it"):
        check(tmp_path, data)


@given(st.binary(max_size=300))
def test_no_bytes_are_met_with_anything_but_a_sentence(tmp_path_factory: Any, data: bytes) -> None:
    with contextlib.suppress(VoiceError):
        check(tmp_path_factory.mktemp("onnx"), data)


@pytest.mark.parametrize("facts", [{}, {"phoneme_type": "text"}, {"language": None}, {"speaker_id_map": {"a": 1}}])
def test_a_config_is_taken(facts: dict[str, Any]) -> None:
    must_be_config(config(**facts), "a.json")


@pytest.mark.parametrize("way", ["pinyin", "\x1b[31m", None, 3])
def test_a_config_that_needs_more_downloads_is_refused(way: object) -> None:
    with pytest.raises(VoiceError, match=r"a\.json asks for words to be read by .*; choose another voice") as caught:
        must_be_config(config(phoneme_type=way), "a.json")
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    "facts",
    [
        {"audio": None},
        {"audio": {"sample_rate": "22050"}},
        {"audio": {"sample_rate": 0}},
        {"audio": {"sample_rate": 10**9}},
        {"espeak": []},
        {"espeak": {"voice": 3}},
        {"num_symbols": None},
        {"num_speakers": "one"},
        {"phoneme_id_map": {}},
        {"phoneme_id_map": {"a": 1}},
        {"phoneme_id_map": {"a": ["b"]}},
    ],
)
def test_what_is_no_config_is_refused_in_one_sentence(facts: dict[str, Any]) -> None:
    with pytest.raises(VoiceError, match=r"a\.json is no Piper config; put the one that belongs to the model there"):
        must_be_config(config(**facts), "a.json")


@pytest.mark.parametrize("data", [b"[]", b"3", b'"x"', b"null", b"{}"])
def test_other_json_is_no_config(data: bytes) -> None:
    with pytest.raises(VoiceError, match="is no Piper config"):
        must_be_config(data, "a.json")


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe\xfa", b"[" * 10**6, b'{"a":' * 10**5, b"1" * 10**5])
def test_what_is_no_json_is_refused_at_once(data: bytes) -> None:
    began = time.monotonic()
    with pytest.raises(VoiceError, match=r"a\.json is no JSON"):
        json_in(data, "a.json", CONFIG_LIMIT)
    assert time.monotonic() - began < 5


def test_size_and_depth_are_limited() -> None:
    with pytest.raises(VoiceError, match="longer than 5 MB"):
        json_in(b" " * (CONFIG_LIMIT + 1), "a.json", CONFIG_LIMIT)
    deep: Any = 1
    for _ in range(DEPTH_LIMIT - 1):
        deep = [deep]
    assert json_in(json.dumps(deep).encode(), "a.json", CONFIG_LIMIT) == deep
    with pytest.raises(VoiceError, match="nested too deeply"):
        json_in(json.dumps({"a": deep}).encode(), "a.json", CONFIG_LIMIT)
