"""The store: keys, damage, crashes, races, full disks."""

from __future__ import annotations

import atexit
import contextlib
import errno
import io
import json
import os
import socket
import subprocess
import sys
import time
import unicodedata
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from player.errors import MediaError, StoreError, UnsafeStoreError
from player.storage import entry as entry_file
from player.storage import store as store_file
from player.storage import upkeep
from player.storage.stale_files import STALE_AFTER_S, machine_id
from player.storage.store import JSON, SCHEMA, Draft, Entry, Store, Usage, key
from tests import disks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import BinaryIO

    from typing_extensions import Self

FIELDS: dict[str, JSON] = {"what": "test", "text": "Breathe in."}
BIG = 300_000
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="limits and signals of POSIX")

texts = st.text(max_size=4)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
values = scalars | st.lists(scalars, max_size=2) | st.dictionaries(texts, scalars, max_size=2)
fields = st.dictionaries(texts, values, max_size=3)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def draft(payload: bytes = b"sound", **facts: str | int) -> Draft:
    return Draft(facts, [payload])


def files(store: Store) -> list[Path]:
    return sorted(path for path in store.root.rglob("*") if path.is_file())


def only_file(store: Store) -> Path:
    (path,) = files(store)
    return path


def python(code: str, *arguments: str | Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=Path(__file__).parents[2],
        env=disks.unmeasured(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def normal_form(value: JSON) -> str:
    """JSON in which equal means equal: NFC, and 1, 1.0 and true apart."""
    return unicodedata.normalize("NFC", json.dumps(value, sort_keys=True, ensure_ascii=False))


# Keys


@settings(deadline=None)
@given(fields, fields)
def test_keys_are_equal_if_and_only_if_fields_are(one: dict[str, JSON], other: dict[str, JSON]) -> None:
    assert (key(one) == key(other)) == (normal_form(one) == normal_form(other))


def test_each_item_of_a_list_counts_and_no_number_is_nan() -> None:
    assert len({key({"pitch": each}) for each in ([50], [51], [50, 51], [])}) == 4
    with pytest.raises(ValueError, match="JSON compliant"):
        key({"pitch": float("nan")})


def test_the_order_of_fields_does_not_count() -> None:
    assert key({"a": 1, "b": {"c": 2, "d": 3}}) == key({"b": {"d": 3, "c": 2}, "a": 1})


@pytest.mark.parametrize(
    "other",
    [
        {"text": "Breathe in"},
        {"rate": 106},
        {"rate": "105"},
        {"voice": None},
        {"texts": "Breathe in."},
        {"pitch": [50]},
    ],
)
def test_any_change_of_a_field_changes_the_key(other: dict[str, JSON]) -> None:
    utterance: dict[str, JSON] = {"text": "Breathe in.", "rate": 105, "voice": "gmw/en", "pitch": 50}
    assert key({**utterance, **other}) != key(utterance)


def test_composed_and_decomposed_letters_are_the_same_text() -> None:
    assert key({"text": "Entspannen Sie die Schu\u0308ler"}) == key({"text": "Entspannen Sie die Sch\u00fcler"})


def test_a_name_that_is_no_text_has_a_key_of_its_own() -> None:
    """A file name in Latin-1, as Python has it on a system of UTF-8."""
    assert len({key({"file": name}) for name in ("caf\udce9.wav", "caf\udce8.wav", "caf\u00e9.wav")}) == 3


def test_a_key_stays_the_same_from_one_run_to_the_next() -> None:
    assert SCHEMA == 1
    assert key({"text": "Sch\u00fcler"}) == sha256('{"fields":{"text":"Schüler"},"schema":1}'.encode()).hexdigest()
    assert key(FIELDS) == "a3bcc91200d6f5907a4efdc244c4502321a4bd9cd04e05fa29350f71fe84e1f1"


# Entries


def test_what_was_put_is_found_again(store: Store) -> None:
    made = store.put(FIELDS, draft(b"samples", rate=22050, name="gmw/en"))
    found = store.get(FIELDS)
    assert found == made
    assert found is not None
    assert found.payload() == b"samples"
    assert found.facts == {"rate": 22050, "name": "gmw/en"}


def test_what_was_never_put_is_none(store: Store) -> None:
    assert store.get(FIELDS) is None


def test_make_is_called_only_once(store: Store) -> None:
    calls: list[int] = []

    def make() -> Draft:
        calls.append(1)
        return draft()

    assert store.get_or_make(FIELDS, make) == store.get_or_make(FIELDS, make)
    assert calls == [1]


def test_an_empty_payload_is_an_entry(store: Store) -> None:
    store.put(FIELDS, Draft({"seen": True}, ()))
    entry = store.get(FIELDS)
    assert entry is not None
    assert (entry.size, entry.payload(), entry.facts) == (0, b"", {"seen": True})


def test_a_payload_in_pieces_is_one_payload(store: Store) -> None:
    entry = store.put(FIELDS, Draft({}, (bytes([n]) * 1000 for n in range(200))))
    assert entry.payload() == b"".join(bytes([n]) * 1000 for n in range(200))
    assert store.get(FIELDS) == entry


def test_the_payload_can_be_mapped_as_samples(store: Store) -> None:
    samples = np.arange(1000, dtype=np.float32)
    entry = store.put({**FIELDS, "odd": "x" * 33}, draft(samples.tobytes()))
    mapped = np.memmap(entry.path, np.float32, "r", entry.offset, (1000,))
    assert np.array_equal(mapped, samples)


def test_every_payload_begins_at_a_multiple_of_64_bytes(store: Store) -> None:
    for length in range(70):
        entry = store.put({"text": "x" * length}, draft(b"sound"))
        assert entry.offset % 64 == 0
        assert entry.path.read_bytes()[entry.offset - 1 :] == b"\nsound"


def test_people_can_read_what_an_entry_was_made_from(store: Store) -> None:
    made = store.put(FIELDS, draft())
    found = store.get(FIELDS)
    assert found is not None
    assert json.loads(only_file(store).read_bytes().splitlines()[1])["made_from"] == FIELDS
    assert made.made_from == found.made_from == FIELDS


def test_fields_may_be_any_mappings(store: Store) -> None:
    voice: Mapping[str, JSON] = MappingProxyType({"rate": 105})
    fields: Mapping[str, JSON] = MappingProxyType({"what": "test", "voice": voice})
    store.put(fields, Draft(MappingProxyType({"rate": 22050}), [b"sound"]))
    found = store.get({"voice": {"rate": 105}, "what": "test"})
    assert found is not None
    assert (found.facts, found.made_from) == ({"rate": 22050}, {"what": "test", "voice": {"rate": 105}})


def test_putting_again_replaces(store: Store) -> None:
    store.put(FIELDS, draft(b"old"))
    store.put(FIELDS, draft(b"new"))
    entry = store.get(FIELDS)
    assert entry is not None
    assert entry.payload() == b"new"


def test_an_entry_removed_while_in_use_is_a_sentence(store: Store) -> None:
    entry = store.put(FIELDS, draft())
    store.clear()
    with pytest.raises(StoreError) as caught:
        entry.payload()
    remedy = "see whether the folder exists and you may read and write it, or set PLAYER_STORE to another folder"
    assert str(caught.value) == f"cannot read {entry.path}: No such file or directory; {remedy}"


def test_an_entry_cut_while_in_use_is_a_sentence(store: Store) -> None:
    entry = store.put(FIELDS, draft())
    os.truncate(entry.path, entry.offset + 1)
    with pytest.raises(StoreError) as caught:
        entry.payload()
    assert str(caught.value) == f"{entry.path} was cut short while it was in use; start again"


class BrokenDisk:
    """A file in which no place can be found any more."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def seek(self, offset: int) -> int:
        raise OSError(errno.EIO, "Input/output error")


def test_what_was_added_to_an_entry_while_in_use_is_not_read(store: Store) -> None:
    entry = store.put(FIELDS, draft(b"sound"))
    with entry.path.open("ab") as file:
        file.write(b"more")
    assert entry.payload() == b"sound"


def test_an_entry_whose_content_cannot_be_read_is_a_sentence(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = store.put(FIELDS, draft(b"sound"))
    real = os.fdopen
    monkeypatch.setattr(os, "fdopen", lambda descriptor, _: BrokenDisk(real(descriptor, "rb")))
    with pytest.raises(StoreError) as caught:
        entry.payload()
    remedy = "try again, or set PLAYER_STORE to another folder"
    assert str(caught.value) == f"cannot read {entry.path}: Input/output error; {remedy}"


class _NoClosing(io.BytesIO):
    """A file whose disk fails when it is closed."""

    def close(self) -> None:
        super().close()
        raise OSError(errno.EIO, "Input/output error")


def test_a_failure_at_closing_an_entry_is_a_sentence(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = store.put(FIELDS, draft())
    monkeypatch.setattr(os, "fdopen", lambda *_: _NoClosing(entry.path.read_bytes()))
    with pytest.raises(
        StoreError,
        match=r"cannot read .*: Input/output error; try again",
    ):
        entry.payload()
    with pytest.raises(
        StoreError,
        match=r"cannot read .*: Input/output error; try again",
    ):
        store.get(FIELDS)


# Damage


def flip(path: Path, where: int) -> None:
    content = bytearray(path.read_bytes())
    content[where] ^= 1
    path.write_bytes(content)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "cut in the payload": lambda path: os.truncate(path, path.stat().st_size - 1),
    "cut in the header": lambda path: os.truncate(path, 40),
    "one bit of the payload": lambda path: flip(path, -1),
    "one fact": lambda path: path.write_bytes(path.read_bytes().replace(b'"rate": 22050', b'"rate": 44100')),
    "one bit of the magic": lambda path: flip(path, 0),
    "longer": lambda path: path.write_bytes(path.read_bytes() + b"x"),
    "garbage": lambda path: path.write_bytes(os.urandom(500)),
    "zeros": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "no JSON": lambda path: path.write_bytes(b"player-store 1\nhello\n"),
    "no facts": lambda path: path.write_bytes(b'player-store 1\n{"size": 0, "sha256": ""}\n'),
    "a list": lambda path: path.write_bytes(b"player-store 1\n[]\n"),
    "another magic": lambda path: path.write_bytes(path.read_bytes().replace(b"store 1", b"store 9")),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_entry_counts_as_missing_and_is_made_again(store: Store, name: str) -> None:
    store.put(FIELDS, draft(b"good" * 100, rate=22050))
    DAMAGE[name](only_file(store))
    assert store.get(FIELDS) is None
    assert files(store) == []
    assert store.get_or_make(FIELDS, lambda: draft(b"good" * 100)).payload() == b"good" * 100


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("empty", "it does not begin as an entry does"),
        ("another magic", "it does not begin as an entry does"),
        ("no JSON", "its header cannot be read"),
        ("no facts", "its header cannot be read"),
        ("one fact", "its facts were changed"),
        ("longer", "its size is not the one that it was written with"),
        ("cut in the payload", "its size is not the one that it was written with"),
        ("one bit of the payload", "its content was changed"),
    ],
)
def test_damage_has_a_reason(store: Store, name: str, reason: str) -> None:
    path = store.put(FIELDS, draft(b"good" * 100, rate=22050)).path
    DAMAGE[name](path)
    with pytest.raises(entry_file.DamageError) as caught:
        entry_file.read_entry(path)
    assert str(caught.value) == reason


def test_a_content_is_digested_up_to_a_size(store: Store) -> None:
    path = store.put(FIELDS, draft(b"sound")).path
    flip(path, -1)
    assert entry_file.read_entry(path, 4).size == 5
    with pytest.raises(entry_file.DamageError, match="its content was changed"):
        entry_file.read_entry(path, 5)


def test_a_header_longer_than_a_megabyte_is_no_header(store: Store) -> None:
    path = store.put(FIELDS, draft(b"sound")).path
    magic, line, payload = path.read_bytes().split(b"\n", 2)
    path.write_bytes(magic + b"\n" + line.ljust(2**20) + b"\n" + payload)
    assert store.get(FIELDS) is None


FORGED: dict[str, Callable[[dict[str, Any]], object]] = {
    "a size that is text": lambda header: header.update(size=str(header["size"])),
    "a size that is true": lambda header: header.update(size=True),
    "a negative size": lambda header: header.update(size=-1),
    "facts in a list": lambda header: header.update(facts=[["rate", 22050]]),
    "a fact that is a list": lambda header: header["facts"].update(rate=[22050]),
    "the fields of another entry": lambda header: header.update(made_from={"what": "another"}),
    "fields that are none": lambda header: header.update(made_from=None),
    "a field that is no number": lambda header: header["made_from"].update(text=float("nan")),
}


def forge(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the header of an entry, and seal it again as the store does."""
    magic, line, payload = path.read_bytes().split(b"\n", 2)
    header = json.loads(line)
    change(header)
    with contextlib.suppress(TypeError, ValueError):
        header["seal"] = entry_file._seal(header["facts"], header["size"], header["sha256"])
    path.write_bytes(magic + b"\n" + json.dumps(header).encode().ljust(len(line)) + b"\n" + payload)


@pytest.mark.parametrize("name", FORGED)
def test_a_lie_with_a_good_seal_is_not_believed(store: Store, name: str) -> None:
    store.put(FIELDS, draft(b"good", rate=22050))
    forge(only_file(store), FORGED[name])
    assert store.get(FIELDS) is None
    assert store.get_or_make(FIELDS, lambda: draft(b"good")).payload() == b"good"


def test_an_entry_under_the_name_of_another_is_not_believed(store: Store) -> None:
    other = store.put({"another": 1}, draft(b"other"))
    mine = store.put(FIELDS, draft(b"mine"))
    mine.path.write_bytes(other.path.read_bytes())
    assert store.get(FIELDS) is None


def test_a_header_nested_deep_is_no_header(store: Store) -> None:
    store.put(FIELDS, draft())
    only_file(store).write_bytes(b"player-store 1\n" + b"[" * 900_000 + b"\n")
    assert store.get(FIELDS) is None


def test_facts_that_do_not_fit_are_made_again(store: Store) -> None:
    store.put(FIELDS, draft(rate=0))
    found = store.get_or_make(FIELDS, lambda: draft(rate=22050), lambda entry: entry.size // entry.facts["rate"] >= 0)  # type: ignore[operator]
    assert found.facts == {"rate": 22050}


def _full_folder(path: Path) -> None:
    path.mkdir()
    (path / "letter.txt").write_text("mine")


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(os.path.relpath(path))  # a whole path may be too long for a socket


@POSIX
@pytest.mark.parametrize(
    "put",
    [
        Path.mkdir,
        _full_folder,
        os.mkfifo if hasattr(os, "mkfifo") else Path.mkdir,
        lambda path: path.symlink_to("/dev/zero"),
        lambda path: path.symlink_to(path.parent.parent / "elsewhere"),
        lambda path: path.symlink_to("nothing"),
        _socket,
    ],
)
def test_whatever_lies_in_the_place_of_an_entry_is_made_again(
    store: Store, put: Callable[[Path], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = store.put(FIELDS, draft(b"good")).path
    path.rename(store.root / "elsewhere")
    monkeypatch.chdir(tmp_path)
    put(path)
    assert store.get_or_make(FIELDS, lambda: draft(b"again")).payload() == b"again"
    assert [file.read_text() for file in store.root.rglob("letter.txt")] == ["mine"] * (put is _full_folder)
    assert (store.root / "elsewhere").read_bytes().endswith(b"good")


@POSIX
def test_an_entry_replaced_while_in_use_is_a_sentence(store: Store) -> None:
    found = store.put(FIELDS, draft())
    found.path.unlink()
    os.mkfifo(found.path)
    with pytest.raises(StoreError) as caught:
        found.payload()
    assert str(caught.value) == f"{found.path} was replaced while it was in use; start again"


@POSIX
@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize("mode", [0o777, 0o770])
def test_a_folder_that_others_may_write_is_refused_with_what_to_do(store: Store, mode: int, *, inside: bool) -> None:
    path = store.put(FIELDS, draft()).path.parent if inside else store.root
    path.mkdir(exist_ok=True)
    if mode == 0o770 and path.stat().st_gid == path.stat().st_uid:
        if os.geteuid():
            pytest.skip("this user's group is its own, and may write")
        os.chown(path, -1, 12345)
    path.chmod(mode)
    with pytest.raises(
        UnsafeStoreError,
        match=rf"^others may write in {path} \(mode {mode:04o}, owner .*; `chmod go-w` it, or set PLAYER_STORE",
    ):
        Store(store.root).get(FIELDS)
    path.chmod(0o755)
    assert (Store(store.root).get(FIELDS) is not None) == inside


@POSIX
def test_a_folder_that_is_for_all_is_to_stay_so(store: Store) -> None:
    store.root.mkdir()
    store.root.chmod(0o1777)
    with pytest.raises(UnsafeStoreError, match="change what you hear; set PLAYER_STORE to another folder"):
        store.get(FIELDS)


@POSIX
def test_a_folder_of_another_user_is_refused(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.put(FIELDS, draft())
    monkeypatch.setattr(os, "geteuid", lambda: store.root.stat().st_uid + 7)
    if store.root.stat().st_uid:  # what belongs to root is trusted
        with pytest.raises(UnsafeStoreError, match="belongs to another user"):
            Store(store.root).get(FIELDS)


@POSIX
def test_the_folders_of_the_store_are_its_users_alone(store: Store) -> None:
    before = os.umask(0)
    try:
        path = store.put(FIELDS, draft()).path
    finally:
        os.umask(before)
    assert [folder.stat().st_mode & 0o777 for folder in (store.root, path.parent)] == [0o700] * 2


@POSIX
def test_a_link_to_a_folder_within_the_store_is_refused(store: Store, tmp_path: Path) -> None:
    path = store.put(FIELDS, draft()).path
    path.parent.rename(tmp_path / "away")
    path.parent.symlink_to(tmp_path / "away")
    with pytest.raises(UnsafeStoreError, match="is no folder"):
        Store(store.root).get(FIELDS)


# Crashes and errors on the way


def test_an_error_of_the_maker_goes_through_and_leaves_nothing(store: Store) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"half"
        raise MediaError("the recording ends here")

    with pytest.raises(MediaError, match="ends here"):
        store.put(FIELDS, Draft({}, chunks()))
    assert files(store) == []


def test_a_makers_own_file_error_is_not_taken_for_the_stores(store: Store) -> None:
    def chunks() -> Iterator[bytes]:
        yield Path("/nonexistent/recording.wav").read_bytes()

    with pytest.raises(FileNotFoundError):
        store.put(FIELDS, Draft({}, chunks()))
    assert files(store) == []


def test_ctrl_c_while_writing_leaves_nothing(store: Store) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"half"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.put(FIELDS, Draft({}, chunks()))
    assert files(store) == []


CRASH = """
import os, pathlib, sys
from player.storage.store import Draft, Store
pathlib.Path.replace = lambda *_: os._exit(9)
Store(pathlib.Path(sys.argv[1])).put({"what": "test", "text": "Breathe in."}, Draft({}, [b"sound"]))
"""


def crashed(store: Store) -> Path:
    """What a process that ended before it could give its entry a name has left."""
    process = python(CRASH, store.root)
    process.communicate()
    assert process.returncode == 9
    return only_file(store)


def test_a_crash_between_writing_and_renaming_leaves_nothing_visible_and_is_removed(store: Store) -> None:
    rubbish = crashed(store)
    assert (store.get(FIELDS), store.usage()) == (None, Usage(0, 0))
    store.put({"another": 1}, draft())
    assert not rubbish.exists()
    assert len(files(store)) == 1


def test_what_another_machine_left_may_still_be_written_for_a_while(store: Store) -> None:
    rubbish = crashed(store)
    elsewhere = rubbish.with_name(rubbish.name.replace(machine_id(), "0ddba1"))
    rubbish.rename(elsewhere)
    store.put(FIELDS, draft())
    assert elsewhere.exists()
    os.utime(elsewhere, (time.time() - STALE_AFTER_S - 60,) * 2)
    Store(store.root).put({"another": 1}, draft())
    assert not elsewhere.exists()
    assert len(files(store)) == 2


RACE = """
import pathlib, sys
from player.storage.store import Draft, Store
store, payload = Store(pathlib.Path(sys.argv[1])), bytes(range(256)) * 400
print("ready", flush=True)
for n in range(150):
    entry = store.put({"n": n % 3}, Draft({"by": sys.argv[2]}, [payload[:50_000], payload[50_000:]]))
    found = store.get({"n": n % 3})
    assert found and found.payload() == payload, n
"""


def test_two_processes_may_make_the_same_entries_at_once(store: Store) -> None:
    racers = [python(RACE, store.root, name) for name in "ab"]
    assert [(*racer.communicate(), racer.returncode) for racer in racers] == [("ready\n", "", 0)] * 2
    assert len(files(store)) == 3
    for n in range(3):
        entry = store.get({"n": n})
        assert entry is not None
        assert entry.payload() == bytes(range(256)) * 400


# Disks that refuse


LIMITED = """
import pathlib, resource, sys
from player.errors import StoreError
from player.storage.store import Draft, Store
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    Store(pathlib.Path(sys.argv[1])).put({"a": 1}, Draft({}, [bytes(1000)] * 300))
except StoreError as error:
    print(error)
"""


@POSIX
def test_a_limit_on_file_sizes_is_a_sentence_and_leaves_nothing(store: Store) -> None:
    said, complaints = python(LIMITED, store.root).communicate()
    assert complaints == ""
    assert said.startswith(f"cannot write {store.root}")
    assert said.endswith(": File too large; raise the limit on file sizes, or set PLAYER_STORE to another folder\n")
    assert files(store) == []


if disks.CAN_MOUNT:

    @pytest.fixture
    def tiny_disk(tmp_path: Path) -> Iterator[Path]:
        with disks.tiny(tmp_path / "disk") as disk:
            yield disk

    @pytest.mark.parametrize("size", [BIG, 185_000])
    def test_a_full_disk_is_a_sentence_and_leaves_what_was_there(tiny_disk: Path, size: int) -> None:
        store = Store(tiny_disk / "store")  # anybody may write in the disk itself
        kept = store.put({"small": 1}, draft(bytes(20_000)))
        with pytest.raises(
            StoreError, match=r"No space left on device; free some space, or set PLAYER_STORE"
        ) as caught:
            store.put(FIELDS, Draft({}, [bytes(1000)] * (size // 1000)))
        assert "\n" not in str(caught.value)
        assert files(store) == [kept.path]
        assert store.get({"small": 1}) == kept


class FullDisk:
    """A file on a disk that is full from one call of a method on."""

    def __init__(self, file: BinaryIO, method: str, calls: int) -> None:
        self._file, self._method, self._calls = file, method, calls

    def __getattr__(self, name: str) -> object:
        self._calls -= name == self._method
        if name == self._method and self._calls < 0:
            self._file.close()
            raise OSError(errno.ENOSPC, "No space left on device")
        return getattr(self._file, name)


@pytest.mark.parametrize(
    ("method", "calls"), [("open", 0), ("seek", 0), ("write", 0), ("write", 1), ("seek", 1), ("write", 2), ("close", 0)]
)
def test_a_disk_that_is_full_at_any_moment_is_a_sentence_and_leaves_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch, method: str, calls: int
) -> None:
    path = store.put(FIELDS, draft()).path
    path.unlink()
    real = Path.open

    def opened(path: Path, mode: str = "r") -> FullDisk:
        if method == "open":
            raise OSError(errno.ENOSPC, "No space left on device")
        return FullDisk(real(path, mode), method, calls)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "open", opened)
    with pytest.raises(StoreError) as caught:
        store.put(FIELDS, Draft({}, [b"in two ", b"pieces"]))
    remedy = "free some space, or set PLAYER_STORE to another folder"
    assert str(caught.value) == f"cannot write {path}: No space left on device; {remedy}"
    assert files(store) == []


def test_a_folder_that_cannot_be_listed_is_a_sentence(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = store.put(FIELDS, draft()).path.parent

    def closed(path: Path) -> Iterator[Path]:
        if path == folder:
            raise PermissionError(errno.EACCES, "Permission denied")
        yield folder

    monkeypatch.setattr(Path, "iterdir", closed)
    told = f"cannot read {folder}: Permission denied; make the folder writable, or set PLAYER_STORE to another folder"
    for use in (store.usage, lambda: Store(store.root).put(FIELDS, draft())):
        with pytest.raises(StoreError) as caught:
            use()
        assert str(caught.value) == told


def test_an_entry_that_cannot_be_read_is_a_sentence(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    path = store.put(FIELDS, draft()).path

    def broken(path: Path) -> Entry:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(store_file, "read_entry", broken)
    with pytest.raises(StoreError) as caught:
        store.get(FIELDS)
    remedy = "try again, or set PLAYER_STORE to another folder"
    assert str(caught.value) == f"cannot read {path}: Input/output error; {remedy}"
    assert path.exists()


@pytest.mark.parametrize("there", [False, True])
def test_a_folder_that_cannot_be_made_is_a_sentence(
    store: Store, monkeypatch: pytest.MonkeyPatch, *, there: bool
) -> None:
    if there:
        store.root.mkdir()

    def closed(path: Path, *_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "mkdir", closed)
    with pytest.raises(StoreError) as caught:
        store.put(FIELDS, draft())
    folder = store.root / key(FIELDS)[:2] if there else store.root
    remedy = "set PLAYER_STORE to a folder on a disk that can be written"
    assert str(caught.value) == f"cannot write {folder}: Read-only file system; {remedy}"


def test_folders_are_made_with_those_above_and_another_process_may_be_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = Store(tmp_path / "a" / "b" / "c")
    assert deep.put(FIELDS, draft()).payload() == b"sound"

    def made_meanwhile(root: Path) -> bool:
        root.mkdir(exist_ok=True)
        return False

    monkeypatch.setattr(upkeep, "must_be_safe", made_meanwhile)
    late = Store(tmp_path / "d")
    assert late.put(FIELDS, draft()).payload() == b"sound"


def test_the_users_own_store_is_pruned_once_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    registered: list[tuple[object, ...]] = []
    monkeypatch.setattr(atexit, "register", lambda *call: registered.append(call))
    monkeypatch.setenv("PLAYER_STORE", str(tmp_path / "own"))
    own = Store()
    for number in range(3):
        own.put({"n": number}, draft())
    Store(tmp_path / "given").put(FIELDS, draft())
    assert registered == [(store_file._prune, tmp_path / "own")]


def test_what_is_no_folder_any_more_has_nothing_stale(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.root.mkdir()
    (store.root / "ab").write_text("mine")
    store.put(FIELDS, draft())
    gone = store.root / "cd"
    monkeypatch.setattr(upkeep, "listing", lambda folder, pattern: [gone] if folder == store.root else [])
    assert Store(store.root).put(FIELDS, draft()).payload() == b"sound"


def held_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows renames no file to the name of one that another process reads."""

    def replace(path: Path, target: Path) -> Path:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", replace)


def test_an_entry_that_another_process_reads_stays_and_is_as_good(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = store.put(FIELDS, draft(b"old"))
    held_on_windows(monkeypatch)
    assert store.put(FIELDS, draft(b"newer")) == kept
    assert files(store) == [kept.path]


def test_what_is_held_and_no_entry_is_a_sentence(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    path = store.put(FIELDS, draft()).path
    path.write_bytes(b"damaged")
    held_on_windows(monkeypatch)
    with pytest.raises(StoreError) as caught:
        store.put(FIELDS, draft())
    assert str(caught.value) == f"cannot write {path}: another program holds it; start again"


def test_a_folder_where_nothing_may_be_renamed_is_a_sentence(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    held_on_windows(monkeypatch)
    with pytest.raises(
        StoreError, match=r"^cannot write /.*: Permission denied; make the folder writable, or set PLAYER"
    ):
        store.put(FIELDS, draft())
    assert files(store) == []


def test_an_entry_that_cannot_be_removed_is_a_sentence(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    path = store.put(FIELDS, draft()).path

    def unlink(path: Path, *, missing_ok: bool = False) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "unlink", unlink)
    os.utime(path, (0, 0))
    assert store.get(FIELDS, lambda _: False) is None
    for use in (store.clear, lambda: upkeep.prune(store.root, 0)):
        with pytest.raises(StoreError) as caught:
            use()
        remedy = "set PLAYER_STORE to a folder on a disk that can be written"
        assert str(caught.value) == f"cannot clear {path}: Read-only file system; {remedy}"


def test_an_entry_that_another_process_removes_first_is_removed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(2):
        os.utime(store.put({"n": number}, draft()).path, (0, 0))
    found = tuple(upkeep.stored_files(store.root))
    for clear in (store.clear, store.clear, lambda: upkeep.prune(store.root, 0)):
        monkeypatch.setattr(upkeep, "stored_files", lambda _: found)
        assert clear() == Usage(2, sum(file.bytes for file in found))
        assert files(store) == []


def test_a_file_in_the_place_of_the_folder_is_a_sentence(tmp_path: Path) -> None:
    in_the_way = tmp_path / "store"
    in_the_way.write_text("mine")
    store = Store(in_the_way)
    for use in (lambda: store.get_or_make(FIELDS, draft), store.usage, store.clear):
        with pytest.raises(UnsafeStoreError, match=r"is no folder, .*; move it away, or set PLAYER_STORE to another"):
            use()
    assert in_the_way.read_text() == "mine"


def test_a_control_character_in_the_folders_name_does_not_reach_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "a\x1b[2J").write_text("in the way")
    with pytest.raises(StoreError) as caught:
        Store(tmp_path / "a\x1b[2J").put(FIELDS, draft())
    assert "\x1b" not in str(caught.value)


# The folder


def test_usage_counts_entries_only(store: Store) -> None:
    assert store.usage() == Usage(0, 0)
    sizes = [store.put({"n": n}, draft(bytes(n * 1000))).path.stat().st_size for n in range(3)]
    (store.root / "note.txt").write_text("mine")
    assert store.usage() == Usage(3, sum(sizes))


def test_clearing_removes_entries_and_nothing_else(store: Store) -> None:
    store.put({"n": 1}, draft())
    store.put({"n": 2}, draft())
    mine = [store.root / "note.txt", store.root / "ab" / "letter.txt"]
    for path in mine:
        path.parent.mkdir(exist_ok=True)
        path.write_text("mine")
    found = store.usage()
    assert (found.entries, store.clear()) == (2, found)
    assert files(store) == sorted(mine)
    assert store.usage() == Usage(0, 0)


def test_the_environment_names_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYER_STORE", str(tmp_path / "elsewhere"))
    assert Store().root == tmp_path / "elsewhere"
    assert Store(tmp_path).root == tmp_path


def test_without_the_environment_it_is_the_users_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PLAYER_STORE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert Store().root.name == "player"
    assert not Store().root.exists(), "asking makes no folder"


def test_a_relative_folder_stays_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    store = Store(Path("here"))
    store.put(FIELDS, draft())
    monkeypatch.chdir("/")
    assert store.get(FIELDS) is not None


@POSIX
@pytest.mark.parametrize(("owner", "is_believed"), [(1000, True), (0, True), (4321, False)])
def test_an_entry_of_another_user_is_made_again(
    store: Store, monkeypatch: pytest.MonkeyPatch, owner: int, *, is_believed: bool
) -> None:
    """Whoever owns a folder above, and is not looked at, may put a folder of theirs in the store's place."""
    found, real = store.put(FIELDS, draft()), os.fstat
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(
        os, "fstat", lambda file: os.stat_result((*real(file)[:4], owner, *real(file)[5:10]), {"st_mtime": 0.0})
    )
    if is_believed:
        assert entry_file.read_entry(found.path) == found
        assert found.payload() == b"sound"
        return
    with pytest.raises(entry_file.DamageError, match="it belongs to another user"):
        entry_file.read_entry(found.path)
    with pytest.raises(StoreError, match="was replaced while it was in use; start again"):
        found.payload()
