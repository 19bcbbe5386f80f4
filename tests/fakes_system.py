"""Modules as another operating system loads them, so that what is written for it can be tried on this one."""

from __future__ import annotations

import ctypes
import importlib.util
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import ModuleType

    import pytest


def loaded_on(platform: str, name: str, patch: pytest.MonkeyPatch) -> Any:
    """A fresh copy of a module, loaded while ``sys.platform`` is another; it stays so until the test is over.

    The module that everybody else has stays as it is.
    """
    patch.setattr(sys, "platform", platform)
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.loader is not None
    module: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def windows_libraries(patch: pytest.MonkeyPatch, **libraries: dict[str, Any]) -> None:
    """The functions of Windows's own libraries that a test needs, such as ``kernel32={"GetTickCount": ...}``."""
    made = {name: SimpleNamespace(**functions) for name, functions in libraries.items()}
    patch.setattr(ctypes, "windll", SimpleNamespace(**made), raising=False)
