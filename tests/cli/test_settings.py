"""The listener's settings, as typed and as they reach options."""

from __future__ import annotations

import json
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np
import pytest
import soundfile

from player import pipeline
from player.cli import _export_one, _stored_options, main
from player.cli._options import request_from_options
from player.cli._stored_options import origin
from player.errors import UsageError
from player.pipeline import RequestedSession, SessionRequest, language, programmes, region
from player.settings import writing
from player.storage.store import Store
from tests.fakes_voice import FakeEngine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.cli.conftest import Run

    Type = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "settings.toml"
    monkeypatch.setenv("PLAYER_SETTINGS", str(path))
    monkeypatch.delenv("PLAYER_REGION", raising=False)
    monkeypatch.chdir(tmp_path)
    return path


@pytest.fixture
def typed(capsys: pytest.CaptureFixture[str]) -> Type:
    """The exit code of a command, and what it prints to stdout and stderr."""

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([*arguments])
        out, err = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, out, err

    return run


@contextmanager
def about_to_run(*arguments: str) -> Iterator[click.Context]:
    """The context of a command that has read its arguments and is not run."""
    with click.Context(main, info_name="player") as whole:
        name, command, rest = main.resolve_command(whole, [*arguments])
        assert command is not None
        with command.make_context(name, rest, parent=whole) as context:
            yield context


def test_a_value_is_set_printed_and_left_out(typed: Type, file: Path) -> None:
    assert typed("settings", "rate") == (1, "", "rate is not set; what holds is: the script's\n")
    assert typed("settings", "rate", "120") == (0, "", f"rate is kept in {file}\n")
    assert typed("settings", "bed", "-26") == (0, "", f"bed is kept in {file}\n")
    assert typed("settings", "rate") == (0, "120\n", "")
    assert file.read_text().endswith("\nrate = 120\nbed = -26\n")
    assert typed("settings", "--unset", "rate") == (0, "", "rate is left out\n")
    assert typed("settings", "rate", "--unset") == (0, "", "rate was not set\n")
    assert typed("settings", "--path") == (0, f"{file}\n", "")


def test_paths_are_kept_so_that_they_hold_from_any_folder(typed: Type, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "brook.flac", np.full((4800, 2), 0.1), 48_000)
    (tmp_path / "made").mkdir()
    typed("settings", "background", "brook.flac")
    typed("settings", "output", "made")
    assert typed("settings", "background")[1] == f"{tmp_path / 'brook.flac'}\n"
    assert typed("settings", "output")[1] == f"{tmp_path / 'made'}\n"


def test_tags_and_codes_are_kept_as_their_files_have_them(typed: Type) -> None:
    kept = typed("settings", "region", "uk")[2]
    assert kept.startswith("region is kept as GB in ")
    typed("settings", "region", "ie")
    typed("settings", "language", "de-AT")
    assert (typed("settings", "region")[1], typed("settings", "language")[1]) == ("IE\n", "en\n")  # PLAYER_LANGUAGE


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("rate", "500"), "rate must be 60 to 300 words a minute, not 500"),
        (("bed", "-61"), "bed must be -60 to 0 dB, not -61 dB"),
        (("background", "oceam"), "there is no sound 'oceam'; did you mean 'ocean'?"),
        (("background", "https://a.b/c.mp3"), "address on a network"),
        (("region", "Narnia"), "region must be a country of which numbers are known"),
        (("language", "tlh"), "language must be a language that has words"),
        (("output", "nowhere"), "output must be a folder, and nowhere is not there; make it first"),
        (("output", __file__), f"output must be a folder, and {__file__} is a file; name a folder"),
        (("voise", "heart"), "there is no setting 'voise'; did you mean 'voice'?"),
        (("voise",), "there is no setting 'voise'; did you mean 'voice'?"),
        (("--unset", "voise"), "there is no setting 'voise'; did you mean 'voice'?"),
        (("--nonsense",), "there is no setting '--nonsense'"),
        (("--unset",), "name the key to leave out"),
        (("--unset", "voice", "heart"), "--unset leaves voice out, and 'heart' would set it"),
        (("--path", "voice"), "--path prints where the file is, and nothing else"),
        (("--session", "box-breathin", "bed", "-30"), "there is no session 'box-breathin'; did you mean"),
        (("--session", "box-breathing", "format", "mp3"), "format is for all sessions; one session may have voice"),
    ],
)
def test_what_cannot_be_set_is_one_sentence_and_nothing_is_written(
    typed: Type, file: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    code, out, err = typed("settings", *arguments)
    assert (code, out) == (1 if arguments[0] == "background" else 2, "")
    assert sentence in err
    assert not file.exists()


@pytest.mark.engine
@pytest.mark.usefixtures("voice")
def test_an_unknown_voice_is_not_kept(run: Run, file: Path) -> None:
    done = run("settings", "voice", "gmw/en-uk")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "there is no voice 'gmw/en-uk'; did you mean" in done.stderr
    assert not file.exists()


def test_the_table_tells_where_each_value_is_from(typed: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYER_REGION", "FR")
    writing.set_value("region", "IE")
    writing.set_value("rate", "120")
    writing.remember("box-breathing", {"rate": 90, "bed": -30})
    rows = [" ".join(row.split()) for row in typed("settings")[1].splitlines()]
    assert "rate 120 your settings words a minute, 60 to 300" in rows
    assert "region FR PLAYER_REGION your country, such as IE, for numbers to call" in rows
    assert "voice - the script's who speaks the sessions of its language (player voices)" in rows
    assert rows[-1] == "box-breathing rate 90, bed -30"
    shown = json.loads(typed("settings", "--session", "box-breathing", "--json")[1])["settings"]
    assert shown["rate"] == {"value": 90, "from": "your settings for it"}
    assert shown["voice"] == {"value": None, "from": "the script's"}
    assert "format" not in shown
    assert json.loads(typed("settings", "--json")[1])["sessions"] == {"box-breathing": {"rate": "90", "bed": "-30"}}


def test_what_a_session_has_alone_is_set_and_forgotten(typed: Type) -> None:
    typed("settings", "--session", "en/box-breathing", "bed", "-30")
    typed("settings", "--session", "box-breathing", "rate", "90")
    assert typed("settings", "--session", "box-breathing", "bed") == (0, "-30\n", "")
    assert typed("settings", "--session", "box-breathing", "--unset") == (
        0,
        "",
        "box-breathing: nothing is kept any more\n",
    )
    assert typed("settings", "--session", "box-breathing", "--unset")[2] == "box-breathing: nothing was kept\n"
    assert typed("settings", "bed")[0] == 1
    writing.remember("gone", {"bed": -20})
    assert typed("settings", "--session", "gone", "--unset")[2] == "gone: nothing is kept any more\n"


def test_what_is_typed_comes_before_the_session_and_that_before_all_sessions() -> None:
    writing.set_value("rate", "120")
    writing.set_value("intro", "short")
    writing.remember("box-breathing", {"rate": 90})
    with about_to_run("show", "box-breathing") as context:
        assert (context.params["rate"], context.params["intro"]) == (90, "short")
        assert (origin("rate"), origin("intro"), origin("voice")) == ("your settings for it", "your settings", "")
    with about_to_run("show", "en/box-breathing", "--rate", "100") as context:
        assert (context.params["rate"], origin("rate")) == (100, "option")
    with about_to_run("play", "pmr-7") as context:
        assert (context.params["rate"], origin("rate")) == (120, "your settings")
    with about_to_run("export", "pmr-7", "box-breathing") as context:
        assert context.params["rate"] == 120


def test_a_translation_has_what_its_original_has_unless_it_has_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYER_LANGUAGE", "de")
    writing.remember("box-breathing", {"rate": 90})
    with about_to_run("show", "box-breathing") as context:
        assert context.params["rate"] == 90
    writing.remember("de/box-breathing", {"rate": 95})
    with about_to_run("show", "box-breathing") as context:
        assert context.params["rate"] == 95


def test_each_key_feeds_its_option_and_no_flag_and_no_option_of_another_meaning() -> None:
    for key, value in {"format": "wav", "author": "Ana", "tones": "-12", "background": "rain", "region": "IE"}.items():
        writing.set_value(key, value)
    writing.set_value("output", "/")
    with about_to_run("export", "pmr-7") as context:
        assert (context.params["form"], context.params["author"]) == ("wav", "Ana")
        assert (context.params["output"], context.params["region"]) == (None, None)
    with about_to_run("breathe", "box") as context:
        assert (context.params["background"], context.params["output"]) == ("rain", None)
    with about_to_run("feed", ".", "--url", "https://a.b") as context:
        assert context.params["author"] == "Ana"


def test_options_that_only_the_settings_say_can_be_left_out() -> None:
    writing.set_value("rate", "120")
    with about_to_run("play", "pmr-7", "--voice", "heart") as context:
        left = _stored_options.without_settings(context.params)
    assert "rate" not in left
    assert left["voice"] == "heart"


def test_a_command_that_runs_another_hands_its_settings_on() -> None:
    writing.set_value("rate", "120")
    with about_to_run("now", "--intro", "short") as context, click.Context(main.commands["play"], parent=context):
        assert (origin("rate"), origin("intro"), origin("voice")) == ("your settings", "option", "")


def test_each_session_of_a_programme_has_what_is_kept_for_it(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text("title: T\nsteps: [{pause: 30s}]\n")
    (tmp_path / "both.yaml").write_text("title: Both\nsessions: [one, two]\n")
    writing.set_value("rate", "120")
    writing.remember(str(tmp_path / "one.yaml"), {"rate": 90, "bed": -30, "guide": "tones"})

    def asked(*options: str, then: SessionRequest | None = None) -> list[tuple[int | None, float | None, str | None]]:
        with about_to_run("play", str(tmp_path / "both.yaml"), *options) as context:
            given = {key: context.params[key] for key in ("session", "voice", "rate", "bed", "guide")}
            plan = programmes.planned(then or request_from_options(**given), adapted=_stored_options.in_programme)
        assert plan
        return [(each.request.rate, each.request.bed_db, each.request.guide) for each in plan.turns]

    assert asked() == [(90, -30, "tones"), (120, None, None)]
    assert asked("--rate", "120", "--guide", "words") == [(120, -30, "words"), (120, None, "words")]
    begun = SessionRequest(str(tmp_path / "both.yaml"), rate=100, guide="silent")
    assert asked(then=begun) == [(100, -30, "silent"), (100, None, "silent")]


def test_what_a_command_finds_by_itself_is_heard_as_if_it_were_named() -> None:
    writing.set_value("rate", "120")
    writing.remember("box-breathing", {"rate": 90, "bed": -30, "guide": "tones"})
    with about_to_run("now", "--guide", "words") as context, click.Context(main.commands["play"], parent=context):
        asked = _stored_options.for_session("box-breathing", context.params)
        assert (asked["rate"], asked["bed"], asked["guide"], asked["tones"]) == (90, -30.0, "words", None)
        assert (origin("rate"), origin("bed"), origin("guide")) == (*["your settings for it"] * 2, "option")
        assert not {"rate", "bed"} & {*_stored_options.without_settings(asked)}


LONG = "title: T\nsteps: [{say: 'This is a long sentence that needs more than two seconds.', for: 2s}]\n"


@pytest.mark.parametrize("command", ["check", "show"])
def test_speech_that_does_not_fit_names_what_the_settings_say(
    typed: Type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    made = pipeline.Machine(FakeEngine(), Store(tmp_path / "store"))
    monkeypatch.setattr(pipeline, "this_machine", lambda **_: made)
    (tmp_path / "long.yaml").write_text(LONG)
    assert "settings" not in typed(command, "long.yaml")[2]
    writing.set_value("rate", "60")
    code, _, err = typed(command, "long.yaml")
    assert code == 2
    last = "rate 60 is from your settings; leave it out by `player settings --unset rate`"
    assert err.splitlines()[-1] == last
    assert "settings" not in typed(command, "long.yaml", "--rate", "61")[2]
    writing.remember(str(tmp_path / "long.yaml"), {"rate": 70})
    said = typed(command, "long.yaml")[2].splitlines()[-1]
    assert said == "rate 70 is from your settings; leave it out by `player settings --session long.yaml --unset rate`"


@pytest.mark.parametrize("command", ["check", "show"])
def test_a_voice_from_the_settings_that_speaks_another_language_is_told_first_and_how_to_leave_it_out(
    typed: Type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    made = pipeline.Machine(FakeEngine(), Store(tmp_path / "store"))
    monkeypatch.setattr(pipeline, "this_machine", lambda **_: made)
    (tmp_path / "long.yaml").write_text(f"language: de\n{LONG}")
    writing.remember(str(tmp_path / "long.yaml"), {"voice": "gmw/en"})
    first, *_, last = typed(command, "long.yaml")[2].splitlines()
    assert first.startswith("gmw/en speaks English, and this session is German; choose a German voice (`player voices")
    assert last.startswith("voice gmw/en is from your settings; leave it out by `player settings --session long.yaml")
    first, *others = typed(command, "long.yaml", "--voice", "gmw/en-us")[2].splitlines()
    assert "; leave --voice out, or choose a German voice" in first
    assert "settings" not in "".join(others)


def test_a_background_is_looked_at_when_it_is_set(typed: Type, tmp_path: Path, file: Path) -> None:
    (tmp_path / "text.mp3").write_text("no sound")
    for name, words in (
        ("text.mp3", "text.mp3: "),
        (str(tmp_path), "is a folder; name a sound file"),
        ("rian", "'rain'"),
    ):
        code, _, err = typed("settings", "background", name)
        assert (code, err.count("\n")) == (1, 1)
        assert words in err
    assert not file.exists()


@pytest.mark.parametrize("arguments", [("show", "a.yaml"), ("export", "a.yaml", "b.yaml", "--jobs", "1")])
def test_a_background_from_the_settings_that_fails_later_is_told_as_that(
    typed: Type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    made = pipeline.Machine(FakeEngine(), Store(tmp_path / "store"))
    monkeypatch.setattr(pipeline, "this_machine", lambda **_: made)
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text("title: T\nsteps: [{pause: 1s}]\n")
    writing.set_value("background", str(tmp_path / "gone.wav"))
    code, _, err = typed(*arguments)
    note = f"background {tmp_path}/gone.wav is from your settings; leave it out by `player settings --unset background`"
    assert (code, err.splitlines()[-1]) == (1, note)
    assert f"there is no sound file '{tmp_path}/gone.wav'" in err
    assert "settings" not in typed(*arguments, "--background", "gone.wav")[2]


def test_the_usual_format_yields_to_the_ending_of_a_file() -> None:
    writing.set_value("format", "wav")
    with about_to_run("export", "pmr-7", "-o", "a.ogg") as context:
        assert _export_one.asked_form(Path("a.ogg"), context.params["form"], beside=False) is None
        assert _export_one.asked_form(None, context.params["form"], beside=False) == "wav"
        assert _export_one.asked_form(None, context.params["form"], beside=True) == "html"
    with about_to_run("export", "pmr-7", "--format", "wav") as context:
        assert _export_one.asked_form(Path("a.ogg"), context.params["form"], beside=False) == "wav"


def test_exports_go_into_the_usual_folder_and_it_must_be_there(tmp_path: Path) -> None:
    writing.set_value("output", str(tmp_path / "made"))
    with about_to_run("export", "pmr-7"):
        with pytest.raises(UsageError, match=r"made, and there is no such folder; make it, name a file with -o"):
            _stored_options.folder()
        (tmp_path / "made").mkdir()
        assert _stored_options.folder() == tmp_path / "made"
        assert _export_one.folder_of("evening", None) == tmp_path / "made" / "evening"
        assert _export_one.folder_of("evening", Path("b")) == Path("b")


def test_variables_come_before_the_settings_and_those_before_the_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "PLAYER_LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "it_IT.UTF-8")
    writing.set_value("language", "de")
    writing.set_value("region", "IE")
    assert (language.of_listener(), region.of_listener(None)) == ("de", "IE")
    monkeypatch.setenv("PLAYER_LANGUAGE", "fr")
    monkeypatch.setenv("PLAYER_REGION", "FR")
    assert (language.of_listener(), region.of_listener(None)) == ("fr", "FR")
    assert (language.of_listener("es"), region.of_listener("es")) == ("es", "ES")


def test_a_wrong_country_of_the_settings_is_told_with_its_file(file: Path) -> None:
    writing.set_value("region", "Narnia")
    with pytest.raises(UsageError, match=rf"^region in {file} must be a country"):
        region.of_listener(None)


@pytest.mark.parametrize(
    ("session", "voice_language", "speaks"),
    [("micro-break", "en-gb", True), ("de/micro-break", "en-gb", False), ("de/micro-break", None, True)],
)
def test_the_usual_voice_speaks_its_own_language_only(session: str, voice_language: str | None, speaks: bool) -> None:
    request = SessionRequest(session, voice="somebody", voice_language=voice_language)
    assert (RequestedSession(request).session.voice.name == "somebody") is speaks


def test_a_mistake_stops_what_would_follow_it_and_nothing_else(typed: Type, file: Path) -> None:
    file.write_text("rate = 500\n")
    code, out, err = typed("list")
    assert (code, out) == (2, "")
    assert err == (
        f"{file}:1: rate must be 60 to 300 words a minute, not 500; "
        "change it, or leave it out by `player settings --unset rate`\n"
    )
    assert typed("play", "--help")[0] == 0
    assert typed("settings", "--path")[0] == 0
    assert typed("completion", "bash")[0] == 0
    assert typed("settings") == (2, "", err)
    assert typed("settings", "--session", "pmr-7", "--unset", "rate")[0] == 0
    assert typed("settings", "--unset", "rate")[0] == 0
    assert typed("sounds")[0] == 0


@pytest.mark.engine
@pytest.mark.usefixtures("voice")
def test_show_tells_where_voice_rate_and_background_are_from(run: Run) -> None:
    writing.set_value("voice", "gmw/en-us")
    writing.remember("micro-break", {"background": "rain"})
    chosen = json.loads(run("show", "micro-break", "--rate", "120", "--json").stdout)["chosen"]
    assert chosen == {
        "voice": {"value": "gmw/en-us", "from": "your settings"},
        "rate": {"value": 120, "from": "option"},
        "background": {"value": "rain", "from": "your settings for it"},
    }
    german = " ".join(run("show", "de/micro-break").stdout.split())
    assert "(default), rate 105 (default), background stream (script)" in german


@pytest.mark.engine
@pytest.mark.usefixtures("voice")
def test_an_export_follows_the_settings(run: Run, tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_text("title: Tiny\nsteps:\n  - say: Sit.\n    for: 2s\n")
    (tmp_path / "made").mkdir()
    writing.set_value("output", str(tmp_path / "made"))
    writing.set_value("format", "flac")
    assert run("export", "tiny.yaml").stdout == f"{tmp_path / 'made' / 'tiny.flac'}\n"
    assert run("export", "tiny.yaml", "-o", "here.ogg").stdout == "here.ogg\n"
