"""Output: blocks become a file or are heard."""

from player.output.export import FORMATS, export_sink

__all__ = ["FORMATS", "export_sink"]
