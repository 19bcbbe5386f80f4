"""How the models of natural voices are run."""

from __future__ import annotations

import pytest

from player.voice.drivers import hibari, onnx

pytest.importorskip("hibari", reason="needs hibari-tts: pip install hibari-tts")
pytestmark = pytest.mark.engine


def test_hibaris_model_gives_back_what_a_run_held() -> None:
    voice = next(hibari.HibariDriver(None).find_voices())
    session = hibari.HibariModel(voice, "one,")._model.sess
    options = session.get_session_options()
    assert not options.enable_cpu_mem_arena
    assert not options.enable_mem_pattern
    assert options.intra_op_num_threads == 1


def test_a_session_of_our_own_keeps_what_a_run_held() -> None:
    voice = next(hibari.HibariDriver(None).find_voices())
    options = onnx.session(voice.model).get_session_options()
    assert options.enable_cpu_mem_arena
    assert not options.enable_mem_pattern
    assert (options.intra_op_num_threads, options.inter_op_num_threads) == (1, 1)


def test_what_others_begin_afterwards_is_as_ever() -> None:
    onnxruntime = pytest.importorskip("onnxruntime")
    with onnx.frugal():
        assert not onnxruntime.SessionOptions().enable_cpu_mem_arena
    assert onnxruntime.SessionOptions().enable_cpu_mem_arena
