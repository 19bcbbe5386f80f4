"""What is read out of catalogues, honest ones and others."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from player.errors import VoiceError
from player.voice.models import catalogues
from player.voice.models.catalogues import hibari_offers, licence_in, piper_offers
from tests.fakes_models import CARD, CATALOGUE, EMMA, FOLDER, HIBARI, THORSTEN, entry, piper_files


def offers(entries: dict[str, Any]) -> dict[str, catalogues.VoiceOffer]:
    return piper_offers(json.dumps(entries).encode())


def test_a_voice_of_piper_has_its_files_with_sizes_and_digests(voices: Path) -> None:
    files = piper_files()
    (offer,) = offers({THORSTEN: entry(files)}).values()
    assert (offer.voice.id, offer.language) == (f"piper:{THORSTEN}", "de-DE")
    assert offer.voice.path == voices / f"{THORSTEN}.onnx"
    assert offer.config
    assert offer.card
    remotes = (offer.model, offer.config, offer.card)
    assert [each.path for each in remotes] == [*files]
    assert [each.size for each in remotes] == [len(data) for data in files.values()]
    assert {each.algorithm for each in remotes} == {"md5"}


@pytest.mark.usefixtures("voices")
@pytest.mark.parametrize("name", ["zh_CN-huayan-x_low", "nl_NL-mls_7432-low", "es_419-a-high", "ne_NP-google-medium"])
def test_all_names_of_pipers_form_are_known(name: str) -> None:
    assert list(offers({name: entry(piper_files(name))})) == [f"piper:{name}"]


def test_a_name_with_an_accent_lies_here_without_it(voices: Path) -> None:
    (offer,) = offers({"pt_PT-tugão-medium": entry(piper_files("pt_PT-tugão-medium"))}).values()
    assert offer.voice.path == voices / "pt_PT-tugao-medium.onnx"
    assert offer.model.path.endswith("pt/pt_PT/tugão/medium/pt_PT-tugão-medium.onnx")


HOSTILE = [
    *("../x", "../../etc/cron.d/x", "/etc/passwd", "de_DE-../x-medium", "de_DE-a/b-medium", "C:\\x", "de_DE-a\\b-low"),
    *("de_DE-\x1b[31m-medium", "de_DE-a\nb-medium", "de_DE-a\x00-low", "", ".", "..", "de_DE", "de_DE--medium"),
    *("de_DE-a b-medium", "de_DE-花-medium", "de_DE-a-medium ", f"de_DE-{'a' * 300}-low", "de_DE-a%2e%2e-low"),
]


@pytest.mark.usefixtures("voices")
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_no_voice(name: str) -> None:
    facts = entry({**piper_files(), f"x/{name}.onnx": b"x", f"{name}.onnx": b"x", f"{name}.onnx.json": b"x"})
    assert offers({name: facts, THORSTEN: entry(piper_files())}).keys() == {f"piper:{THORSTEN}"}


@pytest.mark.usefixtures("voices")
@pytest.mark.parametrize("path", ["../../../x.onnx", "/etc/x.onnx", "https://example.org/x.onnx", f"{THORSTEN}.onnx"])
def test_paths_of_a_catalogue_decide_nothing(path: str) -> None:
    facts = entry(piper_files())
    facts["files"] |= {path: {"size_bytes": 1, "md5_digest": "0" * 32}}
    (offer,) = offers({THORSTEN: facts}).values()
    assert offer.model.path == f"{FOLDER}/{THORSTEN}.onnx"
    assert offers({THORSTEN: {"files": {path: {"size_bytes": 1, "md5_digest": "0" * 32}}}}) == {}


@pytest.mark.usefixtures("voices")
@pytest.mark.parametrize(
    "facts",
    [
        *(None, [], "x", {}, {"files": None}, {"files": []}),
        *({"size_bytes": size, "md5_digest": "0" * 32} for size in (None, "1", 0, -1, 1.5)),
        *({"size_bytes": 1, "md5_digest": digest} for digest in (None, 3, "", "x" * 32, "0" * 31, "0" * 64)),
    ],
)
def test_an_entry_that_makes_no_sense_is_left_out(facts: Any) -> None:
    if isinstance(facts, dict) and "size_bytes" in facts:
        whole = entry(piper_files())
        whole["files"][f"de/de_DE/thorsten/medium/{THORSTEN}.onnx"] = facts
        facts = whole
    assert offers({THORSTEN: facts}) == {}


@pytest.mark.parametrize("data", [b"", b"[]", b"null", b"<html>", b"[" * 100_000, b" " * 6_000_000])
def test_what_is_no_catalogue_is_one_sentence(data: bytes) -> None:
    with pytest.raises(VoiceError, match="Piper's catalogue"):
        piper_offers(data)


@pytest.mark.usefixtures("hibari")
def test_hibaris_voices_are_offered_but_not_the_one_that_it_carries(voices: Path) -> None:
    (offer,) = hibari_offers().values()
    assert (offer.voice.id, offer.language, offer.licence) == ("emma", "en-GB", "Apache-2.0")
    assert offer.voice.path == voices / "emma.int8.onnx"
    assert (offer.model.path, offer.model.size) == (f"{HIBARI}/emma.int8.onnx", len(EMMA))
    assert (offer.config, offer.card) == (None, None)


def test_the_addresses_are_those_of_the_packages_themselves() -> None:
    hibari = find_spec("hibari")  # importing it loads onnxruntime
    if not hibari:
        pytest.skip("needs hibari: pip install hibari-tts")
    assert f'"https://huggingface.co/{HIBARI}/"' in Path(str(hibari.origin)).with_name("voices.py").read_text()
    assert catalogues.PIPER_CATALOGUE == CATALOGUE


@pytest.mark.parametrize(
    ("card", "licence"),
    [
        (CARD, "CC0"),
        (b"* License: Public domain\n* License: CC BY\n", "Public domain; CC BY"),
        (b"**Licence:** [CC BY-NC 4.0](https://x)", "[CC BY-NC 4.0](https://x)"),
        (b"## License\n\nsee the URL", ""),
        (b"Unlicensed\nThe license is good", ""),
        (b"* License: a\x1b[31mb\x07", "a\\x1b[31mb\\x07"),
        (b"* License: \xff\xfe", "\ufffd\ufffd"),
        (b"* License: " + b"x" * 10_000, "x" * 200),
        (b"", ""),
    ],
)
def test_the_licence_is_reported_in_the_cards_own_words(card: bytes, licence: str) -> None:
    assert licence_in(card) == licence
