"""Voices from a server: looked up, their licence told, fetched, or not."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest

from player.errors import UsageError, VoiceError
from player.voice.models import inventory, notes
from player.voice.models.fetching import Fetcher
from player.voice.models.install import from_network
from tests import fakes_models as fakes
from tests.fakes_models import CATALOGUE, EMMA, FOLDER, HIBARI, THORSTEN, FakeHub, config, entry, onnx, piper_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from player.voice.models.inventory import VoiceModel

ID = f"piper:{THORSTEN}"
pytestmark = pytest.mark.usefixtures("voices", "hibari")


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with FakeHub({f"{HIBARI}/emma.int8.onnx": EMMA}) as hub:
        hub.offer()
        hub.offer("en_US-joe-medium")
        hub.offer("de_DE-kerstin-low")
        yield hub


def install(hub: FakeHub, wanted: str = ID) -> VoiceModel:
    fetcher = Fetcher(lambda _: None, source=hub.address)
    offer = from_network.look_up(wanted, fetcher)
    licence, _ = from_network.licence(offer, fetcher)
    from_network.fetch(offer, licence, fetcher)
    return offer.voice


@pytest.mark.parametrize("wanted", [ID, THORSTEN, f"PIPER:{THORSTEN}"])
def test_a_voice_of_piper_is_fetched_with_its_config_licence_first(hub: FakeHub, wanted: str) -> None:
    voice = install(hub, wanted)
    assert inventory.installed() == (voice,)
    assert voice.id == ID
    assert voice.path.read_bytes() == onnx()
    assert voice.config
    assert voice.config.read_bytes() == config()
    ours = [f"{FOLDER}/{name}" for name in ("MODEL_CARD", f"{THORSTEN}.onnx.json", f"{THORSTEN}.onnx")]
    assert hub.asked == [CATALOGUE, *ours]
    note = notes.note_of(voice)
    assert note
    assert (note.licence, note.source) == ("CC0", f"{hub.address}/{FOLDER}/{THORSTEN}.onnx")
    assert note.sha256 == hashlib.sha256(onnx()).hexdigest()


@pytest.mark.parametrize("wanted", ["emma", "hibari:emma", "Emma"])
def test_a_voice_of_hibari_is_fetched_and_nothing_else_is_asked(hub: FakeHub, wanted: str) -> None:
    voice = install(hub, wanted)
    assert inventory.installed() == (voice,)
    assert (voice.id, voice.path.name, voice.path.read_bytes()) == ("emma", "emma.int8.onnx", EMMA)
    assert hub.asked == [f"{HIBARI}/emma.int8.onnx"]
    note = notes.note_of(voice)
    assert note
    assert note.licence == "Apache-2.0"


def test_progress_is_reported_in_bytes_of_the_model(hub: FakeHub) -> None:
    hub.offer(model=onnx(bytes(200_000)))
    told: list[tuple[int, int]] = []
    fetcher = Fetcher(lambda _: None, source=hub.address)
    offer = from_network.look_up(ID, fetcher)
    from_network.fetch(offer, "", fetcher, lambda done, total: told.append((done, total)))
    assert len(told) > 2
    assert told[-1] == (offer.model.size, offer.model.size)
    assert sorted(told) == told


FILES = ("MODEL_CARD", f"{THORSTEN}.onnx.json", f"{THORSTEN}.onnx")


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (fakes.cut, "came instead of"),
        (fakes.spoiled, "its md5 is not"),
        (fakes.padded, "more came instead of"),
        (fakes.tells(10**12), "1000000000000 bytes instead of"),
        (fakes.dropped, "cannot fetch"),
        (fakes.refuses(500), "the server answers 500"),
        (fakes.sends_on("http://example.org/x"), "not HTTPS"),
        (fakes.sends_on("file:///etc/passwd"), "not HTTPS"),
    ],
)
def test_whatever_goes_wrong_leaves_nothing(
    hub: FakeHub, voices: Path, file: str, fault: fakes.Answer, words: str
) -> None:
    hub.faults[f"{FOLDER}/{file}"] = fault
    with pytest.raises(VoiceError, match=words):
        install(hub)
    assert not voices.exists() or list(voices.iterdir()) == []


def test_a_model_that_is_missing_is_one_sentence(hub: FakeHub, voices: Path) -> None:
    hub.faults[f"{FOLDER}/{THORSTEN}.onnx"] = fakes.missing
    with pytest.raises(VoiceError, match=rf"there is no http://.*{THORSTEN}\.onnx \(the server answers 404\)"):
        install(hub)
    assert list(voices.iterdir()) == []


@pytest.mark.parametrize("wanted", [ID, "emma"])
def test_a_server_that_falls_silent_is_not_waited_for(hub: FakeHub, voices: Path, wanted: str) -> None:
    hub.faults |= dict.fromkeys([f"{FOLDER}/{THORSTEN}.onnx", f"{HIBARI}/emma.int8.onnx"], fakes.silent)
    fetcher = Fetcher(lambda _: None, source=hub.address, timeout_s=0.3)
    offer = from_network.look_up(wanted, fetcher)
    with pytest.raises(VoiceError, match=r"said nothing for 0\.3 s"):
        from_network.fetch(offer, "", fetcher)
    assert list(voices.iterdir()) == []


def test_there_is_no_licence_where_there_is_no_card(hub: FakeHub) -> None:
    hub.faults[f"{FOLDER}/MODEL_CARD"] = fakes.missing
    fetcher = Fetcher(lambda _: None, source=hub.address)
    assert from_network.licence(from_network.look_up(ID, fetcher), fetcher) == ("", "")
    hub.files[CATALOGUE] = json.dumps({THORSTEN: entry(dict([*piper_files().items()][:2]))}).encode()
    hub.asked.clear()
    assert from_network.licence(from_network.look_up(ID, fetcher), fetcher) == ("", "")
    assert hub.asked == [CATALOGUE]


@pytest.mark.parametrize("size", [500 * 10**6 + 1, 10**15])
@pytest.mark.parametrize("file", FILES)
def test_a_catalogue_that_announces_too_much_is_not_followed(hub: FakeHub, file: str, size: int) -> None:
    entries = json.loads(hub.files[CATALOGUE])
    entries[THORSTEN]["files"][f"de/de_DE/thorsten/medium/{file}"]["size_bytes"] = size
    hub.files[CATALOGUE] = json.dumps(entries).encode()
    with pytest.raises(VoiceError, match=rf"{ID} has a file of {size} bytes, and at most \d+ are fetched"):
        install(hub)
    assert hub.asked == [CATALOGUE]


def test_a_config_that_is_none_is_refused_though_its_digest_is_right(hub: FakeHub, voices: Path) -> None:
    files = {**piper_files(), f"{FOLDER}/{THORSTEN}.onnx.json": b"{}"}
    hub.files |= files | {CATALOGUE: json.dumps({THORSTEN: entry(files)}).encode()}
    with pytest.raises(VoiceError, match="is no Piper config"):
        install(hub)
    assert not voices.exists()


def test_a_model_that_is_none_is_refused_though_its_digest_is_right(hub: FakeHub, voices: Path) -> None:
    hub.offer(model=b"<html>")
    with pytest.raises(VoiceError, match=r"thorsten-medium\.onnx is no ONNX model"):
        install(hub)
    assert list(voices.iterdir()) == []


@pytest.mark.parametrize(
    ("wanted", "near", "asks"),
    [
        ("piper:thorsten", "did you mean piper:de_DE-thorsten-medium?", True),
        ("piper:de", "did you mean piper:de_DE-kerstin-low or piper:de_DE-thorsten-medium?", True),
        ("piper:de_DE-torsten-medium", "did you mean piper:de_DE-thorsten-medium", True),
        ("piper:torsten", "did you mean piper:de_DE-thorsten-medium?", True),
        ("thorsten", "did you mean piper:de_DE-thorsten-medium?", True),
        ("piper:qqqq", "there are Piper's, such as piper:de_DE-thorsten-medium, or emma", True),
        ("ema", "did you mean emma?", False),
        ("hibari:emmma", "did you mean emma?", False),
        ("hibari:xyz", "there are Piper's, such as", False),
        ("piper:../x", "there are Piper's, such as", False),
        ("piper:", "there are Piper's, such as", False),
        ("gmw/en", "there are Piper's, such as", False),
        ("espeak:x", "there are Piper's, such as", False),
        ("\x1b[31m", "there are Piper's, such as", False),
    ],
)
def test_a_voice_that_there_is_not_is_one_sentence_with_near_names(
    hub: FakeHub, wanted: str, near: str, asks: bool
) -> None:
    with pytest.raises(UsageError) as caught:
        install(hub, wanted)
    assert near in str(caught.value)
    assert str(caught.value).isprintable()
    assert bool(hub.asked) is asks


def test_without_hibari_its_package_is_reported(hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("player.voice.models.registry.find_spec", lambda _: None)
    with pytest.raises(UsageError, match="and pip install hibari-tts brings others"):
        install(hub, "emma")


@pytest.mark.parametrize("content", [b"", b"<html>", b"[]", b"[" * 10**5, b"{}"])
def test_a_catalogue_that_is_none_is_one_sentence(hub: FakeHub, content: bytes) -> None:
    hub.files[CATALOGUE] = content
    with pytest.raises((VoiceError, UsageError)) as caught:
        install(hub)
    assert str(caught.value).isprintable()


def test_a_catalogue_without_an_end_is_not_read_on(hub: FakeHub) -> None:
    hub.files[CATALOGUE] = b" " * 5_000_000
    hub.faults[CATALOGUE] = fakes.padded
    with pytest.raises(VoiceError, match="longer than the 5000000 bytes"):
        install(hub)
