"""Sessions and words in the listener's language, by the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Run


def test_names_mean_the_session_in_the_listeners_language(run: Run) -> None:
    rows = json.loads(run("list", "--json", env={"PLAYER_LANGUAGE": "de"}).stdout)
    names = [row["name"] for row in rows]
    assert "de/micro-break" in names
    assert "micro-break" not in names  # it has a translation
    assert "four-seven-eight" in names  # it has none


@pytest.mark.parametrize(
    ("variables", "title"),
    [
        ({}, "Ninety seconds"),
        ({"PLAYER_LANGUAGE": "de"}, "Neunzig Sekunden"),
        ({"LANG": "de_AT.UTF-8"}, "Neunzig Sekunden"),
        ({"LANG": "de_AT.UTF-8", "LC_ALL": "C.UTF-8"}, "Ninety seconds"),
        ({"LANG": "sv_SE.UTF-8"}, "Ninety seconds"),
        ({"PLAYER_LANGUAGE": "en", "LANG": "de_DE.UTF-8"}, "Ninety seconds"),
    ],
)
def test_the_variable_counts_before_the_locale(run: Run, variables: dict[str, str], title: str) -> None:
    env = dict.fromkeys(("PLAYER_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"), "") | variables
    rows = {row["name"].rpartition("/")[2]: row["title"] for row in json.loads(run("list", "--json", env=env).stdout)}
    assert rows["micro-break"].startswith(title)


@pytest.mark.engine
@pytest.mark.usefixtures("voice")
def test_it_is_said_which_session_is_meant_and_the_original_can_be_named(run: Run) -> None:
    german = {"PLAYER_LANGUAGE": "de"}
    own, original = run("show", "micro-break", env=german), run("show", "en/micro-break", env=german)
    assert own.stdout.startswith("Neunzig Sekunden")
    assert own.stderr == "de/micro-break, in your language; en/micro-break is the original\n"
    assert original.stdout.startswith("Ninety seconds")
    assert original.stderr == ""
    assert run("show", "micro-break", "--quiet", env=german).stderr == ""


def test_a_list_may_be_of_one_language(run: Run) -> None:
    rows = json.loads(run("list", "--language", "pt", "--json").stdout)
    assert {row["language"] for row in rows} == {"pt-BR"}
    assert not any(row["reviewed"] for row in rows)
    assert "not yet reviewed" in run("list", "--language", "pt").stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ("list", "--language", "xx"),
            "--language must be a language that has words (de, en, es, fr, hi, it, nl, pt-BR)",
        ),
        (("list", "--language", "de", "--programmes"), "programmes are in English so far"),
        (("breathe", "4-6", "--language", "tlh", "--print"), "--language must be a language that has words"),
        (("new", "mine", "--in", "de"), "--in translates a session; name it behind --from"),
        (("words", "--csv", "a.csv"), "name the language, such as sv"),
        (("words", "de", "--csv", "a.csv", "--from", "b.csv"), "ask for one after the other"),
        (("words", "sv", "-o", "a.yaml"), "name the table behind --from"),
        (("words", "sv", "--from", "no.csv", "-o", "a.yaml"), "no.csv cannot be read"),
        (("show", "de/nonsense"), "there is no session 'de/nonsense'"),
    ],
)
def test_what_cannot_be_is_told_in_one_sentence(run: Run, arguments: tuple[str, ...], sentence: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_a_pattern_is_typed_in_any_language(run: Run) -> None:
    done = run("breathe", "5.5-5.5", "--language", "de-AT", "--print")
    assert done.returncode == 0
    assert "language: de\n" in done.stdout
    assert "5,5" in done.stdout


def test_the_words_of_a_language_go_to_a_table_and_back(run: Run) -> None:
    assert run("words", "de", "--csv", "de.csv").stdout == "de.csv\n"
    assert run("words", "sv", "--from", "de.csv", "-o", "sv.yaml").stdout == "sv.yaml\n"
    assert run("words", "de", "--csv", "de.csv").returncode == 2
    assert "German" in run("words").stdout
    assert "Einatmen" in run("words", "de").stdout
