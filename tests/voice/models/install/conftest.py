"""The same folder and the same hibari as the voices' own tests have."""

from tests.voice.models.conftest import hibari, voices

__all__ = ["hibari", "voices"]
