"""What all tests share: the option that forbids skipping, a loudspeaker that can be listened to, and a D-Bus."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

# A test may load onnxruntime past our drivers, which else forbid it to send anything to its maker.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

# How long an example takes is no matter of tests: machines are busy.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

pytest_plugins = ["tests.sound_server", "tests.private_bus"]


@pytest.fixture(scope="session", autouse=True)
def _own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing that a test starts may write into the user's own diary, whatever environment it is given."""
    folder = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(folder))
        patch.setenv("PLAYER_DIARY", str(folder / "diary.sqlite3"))
        yield


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skip", action="store_true", help="fail where a real part is missing, instead of skipping")


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
