"""The text of a page, without a browser: what is in it, that nothing else runs, and that no text is markup."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import mutagen
import pytest

from player import pipeline
from player.errors import MediaError
from player.export import extract, pages
from player.export.options import AlbumPosition, ExportOptions
from player.export.page import document
from player.export.page.carried import origin_of_page
from player.export.page.labels import labels
from player.export.page.times import times
from player.script.credits import Credits
from player.storage.store import Store
from tests.fakes_page import ORIGIN, SCRIPT, box, shown
from tests.fakes_picture import bundled, scripted
from tests.fakes_voice import FakeEngine

if TYPE_CHECKING:
    from pathlib import Path

    from player.export.page.document import PageSession

HOSTILE = '</script><script>alert(1)</script><img src=x onerror="alert(2)">\x1b[2J\u202e&amp;"\''


class Reader(HTMLParser):
    """The elements of a page with their attributes, and the text of each kind of element."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in {"meta", "link", "img", "input", "br"}:
            self._open.append(tag)
            self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        for tag in self._open:
            self.texts[tag][-1] += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.elements if name == tag]

    def policy(self) -> dict[str, list[str]]:
        (meta,) = (each for each in self.all("meta") if each.get("http-equiv") == "Content-Security-Policy")
        return {name: rest for name, *rest in (part.split() for part in (meta["content"] or "").split(";"))}


def sha256(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_a_page_has_title_sound_chapters_text_and_script_in_this_order() -> None:
    text = document.page([box()])
    places = [text.index(words) for words in ('<h1 class="title">Box breathing', "<audio controls", 'class="chapters"',
              'class="text"', 'class="script"', "<footer")]  # fmt: skip
    assert places == sorted(places)
    read = Reader(text)
    assert read.all("html") == [{"lang": "en-US"}]
    assert read.texts["title"] == ["Box breathing"]
    assert "Stop if you feel dizzy." in read.texts["li"]


def test_every_chapter_leads_to_its_text_and_every_line_stands_with_its_time() -> None:
    session = box()
    read = Reader(document.page([session]))
    ids = {attrs["id"] for _, attrs in read.elements if "id" in attrs}
    links = [attrs["href"] or "" for attrs in read.all("a") if (attrs["href"] or "").startswith("#")]
    assert links
    assert {link[1:] for link in links} <= ids
    lines = [words for words in read.texts["p"] if re.match(r"\d+:\d\d ", words)]
    assert lines[1].endswith(session.timeline.cues[1].text)
    assert len(lines) == len(times(session.timeline)["said"])


@pytest.mark.parametrize("sound", ["data:audio/mpeg;base64,AAAA", "box%20breathing.mp3"])
def test_nothing_runs_but_the_one_script_and_nothing_is_loaded(sound: str) -> None:
    read = Reader(document.page([shown(bundled("box-breathing")[1], sound)]))
    policy = read.policy()
    scripts = [text for text, attrs in zip(read.texts["script"], read.all("script"), strict=True) if not attrs]
    assert policy == {
        "default-src": ["'none'"],
        "script-src": [sha256(scripts[0])],
        "style-src": [sha256(read.texts["style"][0])],
        "media-src": ["data:" if sound.startswith("data:") else "'self'"],
        "img-src": ["data:"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
    }
    assert len(scripts) == 1
    handlers = [name for _, attrs in read.elements for name in attrs if name.startswith("on") or name == "style"]
    assert handlers == []
    addresses = [attrs[name] or "" for _, attrs in read.elements for name in ("src", "href") if name in attrs]
    assert [each for each in addresses if not each.startswith(("data:", "#"))] == [sound] * (sound[:5] != "data:")


def test_what_a_script_says_is_never_markup() -> None:
    timeline = scripted("  - section: x\n  - say: x.\n    for: 5s\n")
    (cue,) = timeline.cues
    hostile = replace(timeline, title=HOSTILE, sections=(replace(timeline.sections[0], title=HOSTILE),),
                      cues=(replace(cue, text=HOSTILE),))  # fmt: skip
    origin = replace(ORIGIN, name=f'"{HOSTILE}.yaml', script=HOSTILE.encode())
    session = shown(hostile, summary=HOSTILE, technique=HOSTILE, language=HOSTILE, safety=(HOSTILE,), origin=origin,
                    notes=(HOSTILE,))  # fmt: skip
    plain = Reader(document.page([shown(timeline, language="en"), shown(timeline, language="en")], "A", "B"))
    text = document.page([session, session], HOSTILE, HOSTILE)
    read = Reader(text)
    assert [tag for tag, _ in read.elements] == [tag for tag, _ in plain.elements]
    assert not [name for tag, attrs in read.elements for name in attrs if name == "onerror"]
    assert "alert(1)" in read.texts["h1"][0]
    assert "\x1b" not in text
    index = Reader(document.index([document.ListedPage(HOSTILE, HOSTILE, HOSTILE, 1, HOSTILE, HOSTILE)], "en"))
    assert [tag for tag, _ in index.elements if tag in {"script", "img"}] == []


def test_the_numbers_in_a_page_are_those_of_the_timeline_whatever_it_says() -> None:
    timeline = replace(bundled("pmr-7")[1], title="</script>")
    read = Reader(document.page([shown(timeline)]))
    (data,) = (text for text, attrs in zip(read.texts["script"], read.all("script"), strict=True)
               if attrs.get("class") == "times")  # fmt: skip
    assert json.loads(data) == json.loads(json.dumps(times(timeline)))


def test_the_script_comes_back_byte_for_byte(tmp_path: Path) -> None:
    (tmp_path / "a.HTML").write_text(document.page([box()]), encoding="utf-8", newline="")
    assert origin_of_page(tmp_path / "a.HTML") == ORIGIN
    found = extract.extract(tmp_path / "a.HTML")
    assert (found.name, found.script, dict(found.includes)) == ("mine.yaml", SCRIPT, ORIGIN.includes)


@pytest.mark.parametrize(
    ("sessions", "old", "new", "problem"),
    [
        (1, "", "", "carries no script that is whole"),
        (1, '"sha256": "', '"sha256": "0', "carries no script that is whole"),
        (1, "application/yaml;base64,", "application/yaml;base64,=", "carries no script that is whole"),
        (2, "", "", "carries the scripts of 2 sessions"),
    ],
)
def test_a_page_that_was_changed_gives_no_script(
    tmp_path: Path, sessions: int, old: str, new: str, problem: str
) -> None:
    text = document.page([box()] * sessions, "A programme" if sessions > 1 else "")
    text = text.replace(old, new) if old else text if sessions > 1 else text[:5000]
    (tmp_path / "a.html").write_text(text, encoding="utf-8")
    with pytest.raises(MediaError, match=problem):
        extract.extract(tmp_path / "a.html")


def test_a_page_says_what_it_is_and_that_it_may_go_anywhere() -> None:
    text = document.page([box()])
    comment = text[text.index("<!--") : text.index("-->")]
    assert text.startswith("<!DOCTYPE html>\n<!--")
    assert "Permission to use, copy, modify, and/or distribute" in comment
    for name in ("page.css", "page.js"):
        assert "BSD Zero Clause License" in document.template(name).splitlines()[0]


def test_another_language_within_a_session_is_marked() -> None:
    timeline = scripted("  - say: {text: Bonjour., language: fr}\n    for: 5s\n  - say: Hello.\n    for: 5s\n")
    spans = Reader(document.page([shown(timeline)])).all("span")
    assert {"lang": "fr"} in spans


@pytest.mark.parametrize(
    ("language", "chapters", "length", "marked"),
    [
        ("de-AT", "Kapitel", "14:32 Minuten", "de-AT"),
        ("hi", "अध्याय", "14:32 मिनट", "hi"),
        ("pt-BR", "Capítulos", "14:32 minutos", "pt-BR"),
        ("tlh", "Chapters", "14:32 minutes", "en"),
    ],
)
def test_the_labels_of_a_page_are_in_its_language(language: str, chapters: str, length: str, marked: str) -> None:
    timeline = replace(bundled("pmr-7")[1], total_ms=872_000)
    read = Reader(document.page([shown(timeline, language=language)]))
    assert chapters in read.texts["h2"]
    assert length in read.texts["p"]
    assert {attrs.get("lang") for attrs in (*read.all("h2"), *read.all("footer"), *read.all("dialog"))} == {marked}
    english = labels("en").words
    shortcuts = {text for name, text in vars(english.shortcuts).items() if name != "space"}
    assert (shortcuts <= set(read.texts["dd"])) == (marked == "en")


@pytest.mark.parametrize(
    ("written", "shown_as"),
    [
        ("Voix : Ana, 105 mots par minute.", "Voix\u00a0: Ana, 105 mots par minute."),
        (
            "Plus court : « SOS panique », ou « Cinq ».",
            "Plus court\u00a0: «\u00a0SOS panique\u00a0», ou «\u00a0Cinq\u00a0».",
        ),
        ("Ça va ? Bien ; merci !", "Ça va\u00a0? Bien\u00a0; merci\u00a0!"),
        ("player export 'Du calme !.yaml' '« a ».yaml'", "player export 'Du calme !.yaml' '« a ».yaml'"),
    ],
)
def test_no_line_begins_with_a_french_sign_and_no_command_changes(written: str, shown_as: str) -> None:
    session = shown(bundled("micro-break")[1], safety=(written,), notes=(written,), language="fr")
    read = Reader(document.page([session]))
    assert shown_as in read.texts["li"]
    assert shown_as in read.texts["footer"][0]


@pytest.mark.parametrize(("ms", "said"), [(60_000, "1 minute"), (840_000, "14 minutes"), (61_000, "1:01 minutes"),
                                          (3_600_000, "60 minutes"), (3_601_000, "1:00:01 hours")])  # fmt: skip
def test_a_length_is_in_whole_minutes_or_as_a_clock(ms: int, said: str) -> None:
    assert labels("en-GB").length(ms) == said


@pytest.mark.parametrize(
    ("languages", "title", "marked"),
    [
        (("de", "de"), "Übungen", "de"),
        (("pt-BR", "pt-BR"), "Sessões", "pt-BR"),
        (("en-US", "en-GB"), "Sessions", "en"),
        (("de", "hi"), "Séances", "fr"),
        (("tlh", "tlh"), "Sessions", "en"),
    ],
)
def test_a_list_is_in_the_language_of_its_sessions_or_of_its_reader(
    languages: tuple[str, ...], title: str, marked: str
) -> None:
    listed = [document.ListedPage("a.html", "A", "", 60_000, "guide", each) for each in languages]
    read = Reader(document.index(listed, "fr"))
    assert read.texts["h1"] == read.texts["title"] == [title]
    assert read.all("html")[0]["lang"] == marked
    assert [each["lang"] for each in read.all("li")] == [*languages]


def sessions_of(tmp_path: Path, head: str = "") -> pipeline.Prepared:
    script = "title: Kurz\nlanguage: en-GB\nsteps:\n- say: Hello.\n  for: 4s\n- breathe: {in: 2s, out: 3s, cycles: 2}\n"
    (tmp_path / "kurz üb.yaml").write_text(head + script, encoding="utf-8")
    machine = pipeline.Machine(FakeEngine(), Store(tmp_path / "store"))
    return pipeline.prepare(pipeline.SessionRequest(str(tmp_path / "kurz üb.yaml")), machine)


def test_the_same_session_makes_the_same_bytes(tmp_path: Path) -> None:
    ready, options = sessions_of(tmp_path), ExportOptions("html")
    (one,) = pages.export((ready,), tmp_path / "one.html", options, force=False)
    (two,) = pages.export((ready,), tmp_path / "two.html", options, force=False)
    assert one.read_bytes() == two.read_bytes()
    assert sorted(path.name for path in tmp_path.glob("*.*")) == ["kurz üb.yaml", "one.html", "two.html"]
    read = Reader(one.read_text(encoding="utf-8"))
    (audio,) = read.all("audio")
    assert (audio["src"] or "").startswith("data:audio/mpeg;base64,")
    assert "autoplay" not in audio
    assert read.all("html")[0]["lang"] == "en-GB"


def footer_of(page: Path) -> str:
    (footer,) = Reader(page.read_text(encoding="utf-8")).texts["footer"]
    return footer


def test_a_page_names_its_voice_and_the_first_and_last_rate_of_one_that_slows_down(tmp_path: Path) -> None:
    (page,) = pages.export((sessions_of(tmp_path),), tmp_path / "steady.html", ExportOptions("html"), force=False)
    assert re.search(r"\nSpoken by English \(Great Britain\) \(gmw/en\) at \d+ words a minute\.\n", footer_of(page))
    ready = sessions_of(tmp_path, "voice: {rate: {from: 105, to: 90}}\n")
    (page,) = pages.export((ready,), tmp_path / "slower.html", ExportOptions("html"), force=False)
    assert " at 105–90 words a minute.\n" in footer_of(page)


def test_a_page_tells_author_and_licence_of_the_options_or_of_the_head(tmp_path: Path) -> None:
    ready, licence = sessions_of(tmp_path), "The licence of its words and its sound: "
    (page,) = pages.export((ready,), tmp_path / "plain.html", ExportOptions("html"), force=False)
    assert "belong to whoever made them" in footer_of(page)
    assert "\nBy " not in footer_of(page)
    ready = sessions_of(tmp_path, "author: Ana <Silva>\nlicense: CC BY 4.0\nyear: 2025\n")
    (page,) = pages.export((ready,), tmp_path / "head.html", ExportOptions("html"), force=False)
    assert "\nBy Ana <Silva>, 2025.\n" in footer_of(page)
    assert f"\n{licence}CC BY 4.0\n" in footer_of(page)
    assert "belong to whoever" not in footer_of(page)
    options = ExportOptions("html", author="B", year=2026, license="https://example.org/terms")
    (page,) = pages.export((ready,), tmp_path / "options.html", options, force=False)
    assert "\nBy B, 2026.\n" in footer_of(page)
    assert f"\n{licence}https://example.org/terms\n" in footer_of(page)
    assert "The page around them is under the BSD Zero Clause License" in footer_of(page)


@pytest.mark.parametrize(("options", "bitrate"), [({}, 96), ({"preset": "audiobook"}, 96), ({"bitrate": 48}, 48)])
def test_the_sound_of_a_page_has_one_channel_at_48_khz(tmp_path: Path, options: dict[str, Any], bitrate: int) -> None:
    asked = ExportOptions("html", beside=True, **options)
    made = pages.export((sessions_of(tmp_path),), tmp_path / "night" / "index.html", asked, force=False)
    info = mutagen.File(made[1]).info
    assert (info.channels, info.sample_rate, info.bitrate) == (1, 48_000, bitrate * 1000)


def test_the_sound_may_lie_beside_the_page(tmp_path: Path) -> None:
    target = pages.place(tmp_path / "night.html", beside=True)
    made = pages.export((sessions_of(tmp_path),), target, ExportOptions("html", beside=True), force=False)
    assert made == (tmp_path / "night" / "index.html", tmp_path / "night" / "kurz üb.mp3")
    assert Reader(made[0].read_text(encoding="utf-8")).all("audio")[0]["src"] == "kurz%20%C3%BCb.mp3"


def test_a_programme_is_one_page_with_a_list_of_its_sessions(tmp_path: Path) -> None:
    ready = sessions_of(tmp_path)
    target, options = tmp_path / "all" / "index.html", ExportOptions("html", beside=True)
    told = Credits(author="Ana", year=2026, license="CC BY 4.0")
    about = pages.PageProgramme("Two", "Days", tuple(AlbumPosition("Two", each, 7, told) for each in (3, 4)))
    made = pages.export((ready, ready), target, options, force=False, programme=about)
    assert [path.name for path in made] == ["index.html", "03-kurz üb.mp3", "04-kurz üb.mp3"]
    tags = mutagen.File(made[1], easy=True)
    assert [tags[key] for key in ("album", "tracknumber", "artist")] == [["Two"], ["3/7"], ["Ana"]]
    read = Reader(made[0].read_text(encoding="utf-8"))
    assert read.texts["h1"] == ["Two"]
    assert [attrs["href"] for attrs in read.all("a")][:2] == ["#s1", "#s2"]
    assert len(read.all("article")) == len(read.all("audio")) == 2
    assert ["By Ana, 2026." in footer and "CC BY 4.0" in footer for footer in read.texts["footer"]] == [True, True]


def test_a_large_page_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "LARGE_BYTES", 1000)
    notes: list[str] = []
    ready = sessions_of(tmp_path)
    pages.export((ready,), tmp_path / "a.html", ExportOptions("html"), force=False, on_note=notes.append)
    beside = pages.place(tmp_path / "b.html", beside=True)
    pages.export((ready,), beside, ExportOptions("html", beside=True), force=False, on_note=notes.append)
    assert len(notes) == 1
    assert "--beside makes a folder" in notes[0]


def all_of(name: str) -> PageSession:
    return shown(bundled(name)[1])


@pytest.mark.parametrize("name", ["sleep-wind-down", "awake-at-night"])
def test_sessions_to_fall_asleep_by_are_known_by_their_end(name: str) -> None:
    assert times(all_of(name).timeline)["sleep"] is True


@pytest.mark.parametrize("name", ["box-breathing", "pmr-7", "four-seven-eight", "body-scan-short", "heat-compress"])
def test_other_sessions_are_not(name: str) -> None:
    timeline = all_of(name).timeline
    assert times(timeline)["sleep"] is False
    quiet = replace(timeline, cues=tuple(cue for cue in timeline.cues if cue.kind != "chime"), fades_evenly=True)
    assert times(quiet)["sleep"] is True
