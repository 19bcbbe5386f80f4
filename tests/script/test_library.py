from __future__ import annotations

import errno
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from player.errors import MediaError, ScriptError, UsageError
from player.script import library
from player.script.yaml.nodes import Mapping
from player.script.yaml.reader import read

HELLO = "title: Hello\nsteps: [{say: Hello}]\n"


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's own folder, with one script and one muscle set."""
    folder = tmp_path / "own"
    (folder / "muscles").mkdir(parents=True)
    (folder / "evening.yaml").write_text(HELLO, encoding="utf-8")
    (folder / "muscles" / "mine.yaml").write_text("title: Mine\n", encoding="utf-8")
    monkeypatch.setenv("PLAYER_SCRIPTS", str(folder))
    monkeypatch.chdir(tmp_path)
    return folder


def test_bundled_sessions_have_names_and_can_be_read(own: Path) -> None:
    names = [name for name in library.session_names() if not library.find(name).own]
    assert "box-breathing" in names
    assert names == sorted(names)
    for name in names:
        source = library.find(name)
        assert (source.name, source.path.stem) == (name, name)
        assert isinstance(read(source.text, name), Mapping)


def test_own_sessions_come_after_the_bundled_ones(own: Path) -> None:
    (own / "afternoon.yml").write_text(HELLO, encoding="utf-8")
    (own / ".hidden.yaml").write_text(HELLO, encoding="utf-8")
    (own / "notes.txt").write_text(HELLO, encoding="utf-8")
    (own / "folder.yaml").mkdir()
    assert library.session_names()[-2:] == ("afternoon", "evening")
    assert library.find("evening") == library.Source("evening", HELLO, own / "evening.yaml", own=True)


def test_without_a_folder_of_ones_own_there_are_the_bundled_sessions(own: Path) -> None:
    shutil.rmtree(own)
    assert "box-breathing" in library.session_names()
    assert "evening" not in library.session_names()


def test_the_own_folder_is_the_platforms_where_no_variable_names_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PLAYER_SCRIPTS", raising=False)
    assert library.own_scripts().is_absolute()
    assert library.own_scripts().name == "scripts"
    assert "player" in library.own_scripts().parts


@pytest.mark.parametrize("name", ["calm.yaml", "./calm.yaml", "calm.YML", "sub/calm", "calm"])
def test_a_path_is_found(own: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(HELLO, encoding="utf-8")
    assert library.find(name) == library.Source("calm", HELLO, Path(name), own=True)


def test_a_bundled_name_wins_over_a_file_of_the_same_name(own: Path, tmp_path: Path) -> None:
    (tmp_path / "box-breathing").write_text(HELLO, encoding="utf-8")
    assert not library.find("box-breathing").own


def test_programmes_have_names_of_their_own(own: Path) -> None:
    (own / "programmes").mkdir()
    for name in ("mine", "evening"):  # the user has a session evening: it is meant, not the bundled programme
        (own / "programmes" / f"{name}.yaml").write_text(HELLO, encoding="utf-8")
    names = library.programme_names()
    assert names[-1] == "mine"
    assert "first-week" in names
    assert library.programme("mine") == library.Source("mine", HELLO, own / "programmes" / "mine.yaml", own=True)
    week = library.programme("first-week")
    assert week is not None
    assert not week.own
    assert library.programme("evening") is None
    assert library.find("evening").path == own / "evening.yaml"
    assert library.programme("./first-week") is None


def test_no_bundled_programme_is_hidden_by_a_bundled_session(own: Path) -> None:
    shutil.rmtree(own)
    assert not set(library.programme_names()) & set(library.session_names())


def test_an_unknown_name_may_be_near_that_of_a_programme(own: Path) -> None:
    with pytest.raises(UsageError, match="did you mean 'first-week'"):
        library.find("first-weak")


@pytest.mark.parametrize("name", ["evening", "evening.yaml", "../own/evening", "muscles/mine"])
def test_a_script_lies_beside_another(own: Path, name: str) -> None:
    found = library.beside(name, own)
    assert found is not None
    assert found.path.resolve() == (own / name).with_suffix(".yaml").resolve()


@pytest.mark.parametrize("name", ["morning", "../evening", "/etc/passwd", "a\0b", "x" * 5000, "."])
def test_what_does_not_lie_beside_is_not_found_there(own: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "evening.yaml").write_text(HELLO, encoding="utf-8")
    assert library.beside(name, own) is None


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("box-breathin", "there is no session 'box-breathin'; did you mean 'box-breathing'? `player list` shows them"),
        ("evenin", "there is no session 'evenin'; did you mean 'evening'? `player list` shows them"),
        ("desk-day", "'desk-day' is a programme, and this takes one session; `player show desk-day` has its sessions"),
        ("zzz", "there is no session 'zzz'; `player list` shows them"),
        ("zzz.yaml", "there is no file zzz.yaml; look at its name and folder"),
        ("pmr-7.yaml", "there is no file pmr-7.yaml; look at its name and folder, or leave out .yaml for the session"),
        ("a/zzz", "there is no file a/zzz; look at its name and folder"),
        ("own", "own is a folder; name a script in it"),
        ("x\x1b[2J.yaml", "there is no file x\\x1b[2J.yaml; look at its name and folder"),
        ("x\0y", "there is no session 'x\\x00y'; `player list` shows them"),
        ("x\0y.yaml", "x\\x00y.yaml cannot be read: embedded null byte"),
    ],
)
def test_what_is_not_there_is_one_sentence(own: Path, name: str, message: str) -> None:
    with pytest.raises(UsageError, match=f"^{re.escape(message)}$"):
        library.find(name)


def test_a_script_beside_is_named_with_its_ending(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_text(HELLO, encoding="utf-8")
    with pytest.raises(UsageError, match=r"^there is no session 'mine'; a file of yours is named .* 'mine.yaml'; "):
        library.find("mine")


def test_a_file_that_cannot_be_opened_is_one_sentence(own: Path) -> None:
    (own / "circle.yaml").symlink_to(own / "circle.yaml")
    with pytest.raises(UsageError, match=r"circle.yaml cannot be read: too many .*links$"):
        library.find(str(own / "circle.yaml"))


def test_a_disk_that_fails_hides_no_script(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another script of the same name, or the bundled words of a language, would be taken in its place."""

    def fails(path: Path) -> None:
        raise OSError(errno.EIO, "Input/output error", str(path))

    (own / "languages").mkdir()
    for method, ask in (
        ("iterdir", library.languages),
        ("iterdir", library.session_names),
        ("is_file", lambda: library.included("evening", own)),
        ("is_file", lambda: library.beside("evening", own)),
        ("is_file", lambda: library.sound_file("a.wav", own)),
        ("exists", lambda: library.find("nowhere")),
    ):
        with monkeypatch.context() as patched:
            patched.setattr(Path, method, fails)
            with pytest.raises(OSError, match="Input/output error"):
                ask()


def test_a_file_that_is_no_text_is_reported_with_its_line(own: Path) -> None:
    (own / "evening.yaml").write_bytes(b"title: x\n\xff")
    with pytest.raises(ScriptError, match=r"evening.yaml:2:1: must be UTF-8 text"):
        library.find("evening")


def test_a_huge_file_is_refused_without_being_read_whole(own: Path) -> None:
    (own / "evening.yaml").write_text("é" * 200_000, encoding="utf-8")
    with pytest.raises(ScriptError, match=r"evening.yaml:1:1: a script must be at most 256 KiB$"):
        library.find("evening")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs a file without end")
def test_a_file_without_end_is_refused(own: Path) -> None:
    with pytest.raises(UsageError, match="/dev/zero is a device, and no script; name a file"):
        library.find("/dev/zero")


def test_an_installed_package_finds_what_it_carries(tmp_path: Path) -> None:
    """The wheel holds ``bundled`` inside the package; a second copy of the module stands for it."""
    package = tmp_path / "player"
    for room in ("script", "storage"):
        shutil.copytree(Path(library.__file__).parent.parent / room, package / room)
    (package / "bundled" / "scripts").mkdir(parents=True)
    code = "from player.script import library; print(library.bundled('scripts')); print(library.bundled('audio'))"
    source = Path(library.__file__).parent.parent
    for name in ("__init__.py", "units.py", "errors.py"):
        shutil.copy(source / name, package / name)
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(package / "bundled" / "scripts"), str(tmp_path / "audio")]


@pytest.fixture
def beside(own: Path, tmp_path: Path) -> Path:
    """A script's folder, with a sound in it, one below it and one outside."""
    folder = tmp_path / "scripts"
    for path in (
        folder / "rain.mp3",
        folder / "beds" / "wind.wav",
        tmp_path / "outside.wav",
        tmp_path / "more" / "x.wav",
    ):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"RIFF")
    return folder


@pytest.mark.parametrize("name", ["rain.mp3", "./rain.mp3", "beds/wind.wav", "beds/../rain.mp3"])
def test_a_sound_beside_the_script_is_found(beside: Path, name: str) -> None:
    assert library.sound_file(name, beside) == (beside / name).resolve()


def test_a_sound_in_a_folder_that_the_user_names_is_found(beside: Path, tmp_path: Path) -> None:
    more = tmp_path / "more"
    assert library.sound_file("x.wav", beside, (more,)) == (more / "x.wav").resolve()
    assert library.sound_file(str(more / "x.wav"), beside, (more,)) == (more / "x.wav").resolve()
    with pytest.raises(MediaError, match="is outside the script's own folder"):
        library.sound_file(str(more / "x.wav"), beside)


ADDRESS = "is an address on a network; download it and put it beside the script"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("../outside.wav", "sound '../outside.wav' is outside the script's own folder; put the file beside the script"),
        ("/etc/passwd", "sound '/etc/passwd' is outside the script's own folder; put the file beside the script"),
        ("link.wav", "sound 'link.wav' is outside the script's own folder; put the file beside the script"),
        ("drip.wav", "there is no sound file 'drip.wav' in the script's own folder"),
        ("beds", "there is no sound 'beds'; did you mean 'bells'?"),
        ("bell", "there is no sound 'bell'; did you mean 'bells'?"),
        ("https://x.org/a.ogg", f"sound 'https://x.org/a.ogg' {ADDRESS}"),
        ("data:audio/wav;x", f"sound 'data:audio/wav;x' {ADDRESS}"),
        ("file:///etc/passwd", f"sound 'file:///etc/passwd' {ADDRESS}"),
        ("x\0y", "sound 'x\\x00y' is not a name that a file can have"),
        ("x" * 5000, f"sound '{'x' * 57}...' is not a name that a file can have"),
    ],
)
def test_a_script_reaches_no_other_sound(beside: Path, name: str, message: str) -> None:
    (beside / "link.wav").symlink_to(beside.parent / "outside.wav")
    with pytest.raises(MediaError, match=f"^{re.escape(message)}$"):
        library.sound_file(name, beside, others=("bells",))


def test_every_bundled_sound_is_found_from_anywhere(beside: Path) -> None:
    for name in library.sounds():
        assert library.sound_file(name, beside).is_relative_to(library.bundled("audio"))


def test_an_unknown_sound_is_reported_with_the_known_ones(beside: Path) -> None:
    known = ", ".join(sorted({*library.sounds(), "bells", "zither"}))
    with pytest.raises(MediaError, match=f"^there is no sound 'qqq'; there are {known}$"):
        library.sound_file("qqq", beside, others=("zither", "bells"))


def test_muscle_sets_are_bundled_and_the_users_own(own: Path) -> None:
    assert library.muscle_sets()[-1] == "mine"
    assert "seven" in library.muscle_sets()
    assert library.muscle_set("mine") == library.Source(
        "mine", "title: Mine\n", own / "muscles" / "mine.yaml", own=True
    )
    assert not library.muscle_set("seven").own


def test_an_unknown_muscle_set_is_a_fragment_with_the_known_ones(own: Path) -> None:
    known = ", ".join(name for name in library.muscle_sets() if "/" not in name)
    with pytest.raises(ValueError, match=f"^must be one of {known}, not 'sevn'; did you mean 'seven'\\?$"):
        library.muscle_set("sevn")


@pytest.mark.parametrize("name", ["calm", "calm.yaml", "Folder/calm.yml", "Folder/calm.YAML"])
def test_what_is_made_of_a_session_is_named_after_it_whatever_the_ending(name: str) -> None:
    assert library.stem(name) == "calm"


@pytest.mark.parametrize(
    ("name", "language", "found"),
    [
        ("pmr-7", "de", "de/pmr-7"),
        ("evening", "de", "evening"),
        ("pmr-7", "en", "pmr-7"),
        ("./pmr-7.yaml", "de", "./pmr-7.yaml"),
        ("en/pmr-7", "de", "en/pmr-7"),
    ],
)
def test_a_name_means_the_translation_where_there_is_one(own: Path, name: str, language: str, found: str) -> None:
    assert library.in_language(name, language) == found


def test_what_a_session_is_called_for_good(own: Path, tmp_path: Path) -> None:
    (own / "programmes").mkdir()
    (own / "programmes" / "mine.yaml").write_text("title: M\nsessions: [evening]\n")
    names = ("pmr-7", "en/pmr-7", "de/pmr-7", "first-month", "evening", "mine", "own/evening.yaml", "own", "nosuch")
    assert [library.identity(name) for name in names] == [
        *("pmr-7", "pmr-7", "de/pmr-7", "first-month"),
        *(str(own / "evening.yaml"), str(own / "programmes" / "mine.yaml"), str(own / "evening.yaml"), "own", "nosuch"),
    ]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("https://a.b/c", "'https://a.b/c' is an address on a network; download it and put it beside the script"),
        ("a\x00b", "is not a name that a file can have"),
        ("../other", "'../other' is outside the script's own folder; put the file beside the script"),
    ],
)
def test_what_cannot_be_included_is_one_sentence(own: Path, name: str, message: str) -> None:
    with pytest.raises(UsageError, match=re.escape(message)):
        library.included(name, own)


def test_a_name_that_no_file_system_takes_is_no_session(own: Path) -> None:
    with pytest.raises(UsageError, match="there is no session"):
        library.find("a\x00b")
    with pytest.raises(UsageError, match=r"there is no file .*nosuch\.yaml; look at its name and folder"):
        library.find("nosuch.yaml")


def test_a_file_in_place_of_the_own_folder_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYER_SCRIPTS", __file__)
    with pytest.raises(UsageError, match=f"the variable PLAYER_SCRIPTS must name a folder, and {__file__} is a file"):
        library.session_names()


def test_own_data_are_the_muscle_sets_the_languages_and_the_pronunciations(own: Path) -> None:
    assert library.own_data() == [own / "muscles" / "mine.yaml"]
    (own / "languages").mkdir()
    for name in ("languages/xx.yaml", "pronounce.yaml"):
        (own / name).write_text("a: b\n")
    assert library.own_data() == [own / each for each in ("muscles/mine.yaml", "languages/xx.yaml", "pronounce.yaml")]


def test_a_bundled_sound_may_have_a_second_loop_and_no_other_file_has_one(own: Path) -> None:
    rain = library.sound_file("rain", own)
    assert library.second_loop(rain) == rain.parent / "second" / rain.name
    assert library.second_loop(own / "rain.ogg") is None


def test_a_folder_named_as_a_script_is_told_as_that(own: Path) -> None:
    (own / "folder.yaml").mkdir()
    with pytest.raises(UsageError, match=r"folder\.yaml is a folder; name a script in it"):
        library.find(str(own / "folder.yaml"))


def test_where_reading_fails_for_a_folder_in_other_words_it_is_told_as_that(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows reports a permission error."""

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(UsageError, match="cannot be read: it is a folder"):
        library.find(str(own / "muscles") + "/../muscles")
    with pytest.raises(UsageError, match="cannot be read: permission denied"):
        library.find("./own/evening.yaml")


def test_a_name_longer_than_any_file_has_is_no_session(own: Path) -> None:
    with pytest.raises(UsageError, match="there is no session 'aaa"):
        library.find("a" * 5000)
