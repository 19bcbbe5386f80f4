"""The loudspeaker that can be listened to, for the tests of this room."""

from __future__ import annotations

from tests.sound_server import loudspeaker, sound_environment

__all__ = ["loudspeaker", "sound_environment"]
