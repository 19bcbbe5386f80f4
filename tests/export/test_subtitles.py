"""WebVTT, SubRip and LRC, as parsers that others wrote read them; and the transcript, as people do."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
import srt as srt_reader
import webvtt

from player.export import captions as written
from player.export.captions import LINE, SUBTITLES, captions, html, lrc, split, srt, txt, vtt
from player.techniques.cue import Utterance
from player.timeline.model import Section
from tests.fakes_mix import spoken, timeline
from tests.fakes_output import needs
from tests.fakes_picture import bundled

if TYPE_CHECKING:
    from pathlib import Path

    from player.timeline.model import Timeline

SLY = timeline(
    8000,
    cues=(
        spoken("Salt & <i>pepper</i> --> [00:01.00] {\\an8}", 1000, 3000),
        spoken("NOTE 5 > 4, naïve ☕", 4007, 6000),
    ),
)


def pieces(laid: Timeline) -> list[tuple[int, int, str]]:
    return [(each.start_ms, each.end_ms, each.text) for each in split(captions(laid), 2)]


@pytest.mark.parametrize("name", ["box-breathing", "pmr-7"])
def test_a_vtt_parser_reads_every_caption(name: str) -> None:
    _, laid = bundled(name)
    read = webvtt.from_string(vtt(laid)).captions
    found = [(_ms(each.start), _ms(each.end), each.text.replace("\n", " ")) for each in read]
    assert found == pieces(laid)
    assert max(len(line) for each in read for line in each.text.splitlines()) <= LINE
    assert max(len(each.text.splitlines()) for each in read) <= 2


def test_a_transcript_has_headings_and_a_sentence_on_each_line() -> None:
    laid = timeline(
        8000, cues=(spoken("Sit  down.", 0, 900), spoken("Let go.", 4000, 5000), spoken("Rest.", 5000, 6000))
    )
    laid = replace(
        laid, title="Ruhe\x07 now", sections=(Section("In\nhere", 0), Section("Über", 3000), Section("End", 7000))
    )
    assert txt(laid) == (
        "Ruhe\\x07 now\n============\n\nIn here\n-------\n\nSit down.\n\nÜber\n----\n\nLet go.\nRest.\n\nEnd\n---\n"
    )


@pytest.mark.parametrize("name", ["box-breathing", "pmr-7"])
def test_a_transcript_has_every_spoken_line_and_nothing_else(name: str) -> None:
    _, laid = bundled(name)

    def is_rule(line: str) -> bool:
        return bool(line) and not line.strip("=-")

    lines = txt(laid).splitlines()
    said = [line for line, under in pairwise([*lines, ""]) if line and not is_rule(line) and not is_rule(under)]
    assert said == [each.text for each in written.spoken(laid)]
    assert sum(map(is_rule, lines)) == 1 + len(laid.sections)


def test_a_transcript_as_a_page_has_headings_and_each_sentence_with_its_time() -> None:
    laid = replace(SLY, title="A <b> & c", sections=(Section("Pep > salt", 0), Section("End", 7000)))
    other = spoken("Respirez.", 6500, 7000)
    assert isinstance(other.sound, Utterance)
    french = replace(other, sound=replace(other.sound, language="fr"))
    page = html(replace(laid, cues=(*laid.cues, french)), "en-GB")
    assert page.startswith('<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n')
    assert "<title>A &lt;b&gt; &amp; c</title>" in page
    assert "<script" not in page
    body = page.partition("<main>\n")[2].partition("\n</main>")[0]
    assert body.splitlines() == [
        "<h1>A &lt;b&gt; &amp; c</h1>",
        "<h2>Pep &gt; salt</h2>",
        "<time>0:01</time>",
        "<p>Salt &amp; &lt;i&gt;pepper&lt;/i&gt; --&gt; [00:01.00] {\\an8}</p>",
        "<time>0:04</time>",
        "<p>NOTE 5 &gt; 4, naïve ☕</p>",
        "<time>0:06</time>",
        '<p lang="fr">Respirez.</p>',
        "<h2>End</h2>",
    ]


@pytest.mark.parametrize("name", ["box-breathing", "pmr-7"])
def test_an_srt_parser_reads_every_caption(name: str) -> None:
    _, laid = bundled(name)
    read = list(srt_reader.parse(srt(laid), ignore_errors=False))
    found = [
        (round(each.start.total_seconds() * 1000), round(each.end.total_seconds() * 1000), each.content)
        for each in read
    ]
    assert [(start, end, text.replace("\n", " ")) for start, end, text in found] == pieces(laid)
    assert [each.index for each in read] == list(range(1, len(read) + 1))
    assert max(len(line) for *_, text in found for line in text.splitlines()) <= LINE


def test_signs_of_vtt_are_escaped() -> None:
    text = vtt(SLY)
    assert "Salt &amp; &lt;i&gt;pepper&lt;/i&gt; --&gt;" in text
    assert text.count("-->") == 2
    assert len(webvtt.from_string(text).captions) == 2


def test_signs_of_srt_become_their_look_alikes() -> None:
    first, second = srt_reader.parse(srt(SLY), ignore_errors=False)
    assert first.content.replace("\n", " ") == "Salt & ‹i›pepper‹/i› --› [00:01.00] (\\an8)"
    assert second.content == "NOTE 5 › 4, naïve ☕"


def test_lrc_has_times_to_the_hundredth_and_no_signs_in_its_words() -> None:
    assert lrc(SLY).splitlines() == [
        "[ti:By hand]",
        "[la:en]",
        "[length:00:08]",
        "[00:01.00]Salt & ‹i›pepper‹/i› --› (00:01.00) {\\an8}",
        "[00:04.01]NOTE 5 › 4, naïve ☕",
    ]


def test_lrc_clears_the_display_where_nothing_is_heard_for_a_while() -> None:
    cues = (spoken("One.", 0, 1000), spoken("Two.", 5000, 6000))
    assert lrc(timeline(7000, cues=cues)).splitlines()[3:] == ["[00:00.00]One.", "[00:01.00]", "[00:05.00]Two."]


def test_lrc_counts_minutes_beyond_the_hour() -> None:
    assert "[61:00.00]Late." in lrc(timeline(3_700_000, cues=(spoken("Late.", 3_660_000, 3_661_000),)))


@pytest.mark.tools
@pytest.mark.parametrize("form", ["vtt", "srt", "lrc"])
def test_ffprobe_reads_every_caption(tmp_path: Path, form: str) -> None:
    needs("ffprobe")
    _, laid = bundled("pmr-7")
    path = tmp_path / f"a.{form}"
    path.write_text(SUBTITLES[form](laid, "en"), encoding="utf-8")
    command = ["ffprobe", "-v", "error", "-show_entries", "packet=pts_time", "-of", "json", str(path)]
    done = subprocess.run(command, capture_output=True, check=True)
    packets: list[dict[str, Any]] = json.loads(done.stdout)["packets"]
    wanted = [each.start_ms for each in split(captions(laid), 1 if form == "lrc" else 2)]
    found = [float(each["pts_time"]) * 1000 for each in packets]
    assert done.stderr == b""
    if form == "lrc":
        assert all(min(abs(at - start) for at in found) <= 5 for start in wanted)
        assert all(one <= two for one, two in pairwise(found))
    else:
        assert found == pytest.approx(wanted)


def _ms(clock: str) -> int:
    hours, minutes, seconds = clock.split(":")
    return round((int(hours) * 3600 + int(minutes) * 60 + float(seconds)) * 1000)
