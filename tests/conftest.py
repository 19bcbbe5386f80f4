"""What all tests share: what is skipped and when, a loudspeaker that can be listened to, and a D-Bus."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

# A test may load onnxruntime past our drivers, which else forbid it to send anything to its maker.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

# How long an example takes is no matter of tests: machines are busy.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", settings.get_profile("untimed"), max_examples=20)
# The same examples each time, so that a change of the code that no test noticed can be looked at again.
settings.register_profile("repeatable", settings.get_profile("quick"), derandomize=True, database=None)
settings.load_profile("untimed")

pytest_plugins = ["tests.sound_server", "tests.private_bus"]

HERE: Final = Path(__file__).parent
REALTIME: Final = (
    "cli/test_killed.py",
    "cli/test_play.py",
    "live/screen/test_in_tmux.py",
    "live/test_playback_device.py",
    "live/test_transport_device.py",
)
"""Files whose tests take as long as what they listen to, or wait for. Elsewhere, the mark `device` tells them."""
SLOW: Final = (
    "audio/test_generate.py",
    "audio/test_synthesis.py",
    "authoring/test_new.py",
    "authoring/test_schemas.py",
    "cli/test_breathe.py",
    "cli/test_commands.py",
    "cli/test_every.py",
    "cli/test_export.py",
    "cli/test_export_many.py",
    "cli/test_faults.py",
    "cli/test_feed.py",
    "cli/test_guidance.py",
    "cli/test_language.py",
    "cli/test_lazy_group.py",
    "cli/test_listener.py",
    "cli/test_log.py",
    "cli/test_odd_names.py",
    "cli/test_plot.py",
    "cli/test_programme_text.py",
    "cli/test_promises.py",
    "cli/test_record.py",
    "cli/test_voices.py",
    "export/batch/test_dask_cluster.py",
    "export/batch/test_executor.py",
    "export/formats/test_bitrates.py",
    "export/formats/test_ogg_pages.py",
    "export/formats/test_table.py",
    "export/feed/test_artwork.py",
    "export/feed/test_readers.py",
    "export/feed/test_writing.py",
    "export/mp3/test_frames.py",
    "export/mp3/test_parallel.py",
    "export/mp3/test_splice.py",
    "export/mp3/test_writer.py",
    "export/page/test_document.py",
    "export/page/test_in_browser.py",
    "export/test_album.py",
    "export/tags/test_limits.py",
    "export/test_exporter.py",
    "live/awake/test_wake_lock.py",
    "live/test_transport.py",
    "picture/test_drawing.py",
    "picture/test_page.py",
    "pipeline/test_programmes.py",
    "pipeline/test_read_once.py",
    "pipeline/test_session.py",
    "script/test_languages.py",
    "sound/test_bed.py",
    "sound/test_conform.py",
    "sound/test_long_loop.py",
    "sound/test_loudness.py",
    "sound/test_own_take.py",
    "sound/test_recording.py",
    "sound/test_tones.py",
    "test_breathing_sessions.py",
    "test_sessions.py",
    "test_texts.py",
    "timeline/test_fit.py",
    "voice/models/install/test_from_network.py",
    "voice/test_clips.py",
    "voice/test_natural_workers.py",
    "voice/test_phrasing.py",
    "voice/test_process.py",
    "voice/test_pyttsx3_engine.py",
)
"""Files that take over 4 s, busy or waiting: `nox -s quick` leaves them out. Elsewhere, the mark `slow`."""


@pytest.fixture(scope="session", autouse=True)
def _own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing that a test starts may write into the user's own diary, or follow their settings and their language."""
    folder = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(folder))
        patch.setenv("PLAYER_LANGUAGE", "en")
        patch.setenv("PLAYER_DIARY", str(folder / "diary.sqlite3"))
        patch.setenv("PLAYER_SETTINGS", str(folder / "settings.toml"))
        yield


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skip", action="store_true", help="run all tests, and fail where a real part is missing")
    parser.addoption("--realtime", action="store_true", help="run the tests that listen in real time, too")


def pytest_configure() -> None:
    """A file that was moved would no longer be marked, and nobody would notice."""
    gone = [name for name in (*REALTIME, *SLOW) if not (HERE / name).is_file()]
    if gone:
        raise pytest.UsageError(f"tests/conftest.py lists files that are not there: {', '.join(gone)}")


@pytest.hookimpl(tryfirst=True)  # before pytest selects by marks
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the slow tests, and those that listen in real time, which are skipped unless somebody asked for them."""
    realtime, slow = {HERE / name for name in REALTIME}, {HERE / name for name in SLOW}
    asked = config.getoption("--realtime") or config.getoption("--no-skip")
    skip = pytest.mark.skip(reason="listens in real time: run it with --realtime, or everything with --no-skip")
    for item in items:
        if item.path in slow:
            item.add_marker("slow")
        if item.path in realtime or item.get_closest_marker("device"):
            item.add_marker("realtime")
            if not asked:
                item.add_marker(skip)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With ``--no-skip``, a skipped test is a failed one: the real parts are all meant to be here."""
    report = yield
    if report.skipped and item.config.getoption("--no-skip") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which --no-skip forbids: {call.excinfo.value if call.excinfo else ''}"
    return report
