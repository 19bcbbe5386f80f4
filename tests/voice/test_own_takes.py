"""Names of a person's own takes: by the words alone, safe in every file system, and found again."""

from __future__ import annotations

import errno
import unicodedata
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from player import pipeline
from player.errors import UsageError
from player.script import library
from player.timeline.layout import utterances
from player.voice import own_takes
from player.voice.own_takes import LONGEST, matched, name, words

LINES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=120)
SENTENCES = st.lists(
    st.sampled_from(["let", "your", "hands", "go", "and", "rest", "for", "a", "while", "now"]), min_size=1, max_size=20
).map(" ".join)
LONG = "Lift your eyes from what you were doing, and let them rest."


# Names


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Let your shoulders drop.", "let-your-shoulders-drop"),
        ("  Please don’t -- ever -- listen while driving!", "please-dont-ever-listen-while-driving"),
        ("Breathe in", "breathe-in"),
        ("21", "21"),
        ("Laß die Füße los.", "lass-die-füsse-los"),
        ("Дыши спокойно.", "дыши-спокойно"),
        ("साँस लें।", "साँस-लें"),
        ("息を吸って、", "息を吸って"),
    ],
)
def test_a_name_is_made_of_the_words(text: str, expected: str) -> None:
    assert name(text) == unicodedata.normalize("NFC", expected)


def test_a_long_line_is_cut_after_a_word_and_stays_unique() -> None:
    first, second = name(LONG), name(LONG.replace("rest", "wander"))
    cut, _, digest = first.rpartition("-")
    assert cut == "lift-your-eyes-from-what-you-were-doing"
    assert len(digest) == 6
    assert second != first
    assert second.startswith(cut)


def test_signs_that_no_file_can_have_still_count() -> None:
    assert name("5 + 5") != name("5 − 5") != name("5 5") == "5-5"
    assert name("…") == name("?!")
    assert name("♥").isalnum()


@given(text=LINES)
def test_a_name_can_be_a_files_name_on_every_system(text: str) -> None:
    made = name(text)
    assert made
    assert all(unicodedata.category(char)[0] in "LMN" or char == "-" for char in made)
    assert len(made) <= LONGEST + 7
    assert len(f"00001-{made}.flac".encode()) <= 255
    assert made == unicodedata.normalize("NFC", made)


@given(text=LINES)
def test_a_name_is_its_own_name(text: str) -> None:
    assert words(name(text)) == name(text)
    assert words(words(text)) == words(text)


@given(text=SENTENCES, mark=st.sampled_from([".", ",", "!", "…", "”", ""]), upper=st.booleans())
def test_case_spaces_and_punctuation_make_no_other_line(text: str, mark: str, *, upper: bool) -> None:
    other = (text.upper() if upper else text.capitalize()).replace(" ", mark + "  ") + mark
    assert name(other) == name(text)


@given(one=SENTENCES, other=SENTENCES)
def test_other_words_have_another_name(one: str, other: str) -> None:
    assume(one != other)
    assert name(one) != name(other)


@given(text=LINES)
def test_file_systems_that_take_letters_apart_change_nothing(text: str) -> None:
    """As HFS+ on macOS does, and copies from there."""
    apart = unicodedata.normalize("NFD", f"017-{name(text)}.wav")
    assert matched([Path(apart)], [text]).files == {name(text): (Path(apart),)}


@pytest.mark.parametrize("session", library.session_names())
def test_no_two_lines_of_a_bundled_session_share_a_name(session: str) -> None:
    texts = {each.text for each in utterances(pipeline.as_requested(pipeline.SessionRequest(session)).settled)}
    assert len({name(text) for text in texts}) == len(texts)


# Finding


@pytest.mark.parametrize(
    "file",
    [
        *("hold-on.wav", "003-hold-on.flac", "3-hold-on.mp3", "12 Hold on!.ogg", "03_Hold_on.wav", "HOLD ON.WAV"),
        *("1000-hold-on.m4a", "hold on..wav"),
    ],
)
def test_a_file_is_found_whatever_number_it_has(file: str) -> None:
    assert matched([Path(file)], ["Breathe in", "Hold on."]).files == {"hold-on": (Path(file),)}


def test_a_long_line_may_be_written_out() -> None:
    files = [Path(f"{LONG}wav"), Path(f"004-{name('And ' + LONG)}.wav")]
    found = matched(files, [LONG, "And " + LONG])
    assert found.files == {name(LONG): (files[0],), name("And " + LONG): (files[1],)}


def test_a_line_that_begins_with_a_number_is_that_line() -> None:
    texts = ["3 breaths", "breaths", "21"]
    files = [Path(each) for each in ("3-breaths.wav", "007-3-breaths.ogg", "008-breaths.wav", "21.wav", "9-21.wav")]
    assert matched(files, texts).files == {
        "3-breaths": (files[0], files[1]),
        "breaths": (files[2],),
        "21": (files[3], files[4]),
    }


@given(texts=st.lists(SENTENCES, min_size=1, max_size=30, unique=True), numbers=st.randoms(use_true_random=False))
def test_a_changed_script_keeps_its_takes(texts: list[str], numbers: object) -> None:
    """Whatever was put before, between or in the place of lines: each file stays that of its own words."""
    files = {text: Path(f"{number:03d}-{name(text)}.wav") for number, text in enumerate(texts, 1)}
    kept = texts[::2]
    changed = [each for text in kept for each in (f"New {text}", text)]
    found = matched(files.values(), changed)
    assert found.files == {name(text): (files[text],) for text in kept}
    assert set(found.unused) == {files[text] for text in texts[1::2]}


def test_what_is_no_sound_or_hidden_is_no_take(tmp_path: Path) -> None:
    for each in ("b.wav", "a.MP3", "notes.txt", "._b.wav", "c.yaml", "d.m4a"):
        (tmp_path / each).touch()
    (tmp_path / "folder.wav").mkdir()
    assert [path.name for path in own_takes.in_folder(str(tmp_path))] == ["a.MP3", "b.wav", "d.m4a"]


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder, message in (("nowhere", "there is no folder .*nowhere with takes"), ("file", "is a file, and takes")):
        with pytest.raises(UsageError, match=message):
            own_takes.in_folder(str(tmp_path / folder))


def test_a_folder_that_may_not_be_read_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(path: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "iterdir", denied)
    with pytest.raises(UsageError, match="cannot be read: permission denied; choose another folder"):
        own_takes.in_folder(str(tmp_path))


def test_two_takes_of_a_line_are_reported_with_both_names() -> None:
    files = [Path("a/1-hold.wav"), Path("a/hold.flac")]
    told = own_takes.duplicate_message(files, "Hold")
    assert told == "a/1-hold.wav and a/hold.flac are takes of the same line, 'Hold'; keep one of them there"


def test_a_link_out_of_the_folder_is_refused_and_one_within_it_is_taken(tmp_path: Path) -> None:
    (tmp_path / "private.wav").touch()
    (takes := tmp_path / "takes").mkdir()
    (takes / "a.wav").touch()
    (takes / "b.wav").symlink_to(takes / "a.wav")
    assert own_takes.in_folder(str(takes)) == (takes / "a.wav", takes / "b.wav")
    (takes / "c.wav").symlink_to(tmp_path / "private.wav")
    with pytest.raises(UsageError, match=r"c\.wav is a link that leads out of the folder; put the sound itself there"):
        own_takes.in_folder(str(takes))
