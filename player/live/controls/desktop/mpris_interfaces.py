"""The introspection of the MPRIS interfaces, for tools that ask for it before they call.

It holds what the specification demands of every player, and nothing optional.
"""

from __future__ import annotations

from typing import Final

_PROPERTIES: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "org.mpris.MediaPlayer2": {
        "s": ("Identity",),
        "b": ("CanQuit", "CanRaise", "HasTrackList"),
        "as": ("SupportedUriSchemes", "SupportedMimeTypes"),
    },
    "org.mpris.MediaPlayer2.Player": {
        "s": ("PlaybackStatus",),
        "d": ("Rate", "Volume", "MinimumRate", "MaximumRate"),
        "a{sv}": ("Metadata",),
        "x": ("Position",),
        "b": ("CanGoNext", "CanGoPrevious", "CanPlay", "CanPause", "CanSeek", "CanControl"),
    },
}
_METHODS: Final[dict[str, dict[str, tuple[tuple[str, str], ...]]]] = {
    "org.mpris.MediaPlayer2": {"Raise": (), "Quit": ()},
    "org.mpris.MediaPlayer2.Player": {
        **dict.fromkeys(("Next", "Previous", "Pause", "PlayPause", "Stop", "Play"), ()),
        "Seek": (("x", "Offset"),),
        "SetPosition": (("o", "TrackId"), ("x", "Position")),
        "OpenUri": (("s", "Uri"),),
    },
}
_SIGNALS: Final = {
    "org.mpris.MediaPlayer2": "",
    "org.mpris.MediaPlayer2.Player": '<signal name="Seeked"><arg type="x"/></signal>',
}
_WRITABLE: Final = {"Rate", "Volume"}
_SILENT: Final = '<annotation name="org.freedesktop.DBus.Property.EmitsChangedSignal" value="false"/>'


def introspection() -> str:
    """The XML of the object."""
    interfaces = (f'<interface name="{name}">{_inside(name)}</interface>' for name in _METHODS)
    return f"<node>{''.join(interfaces)}</node>"


def _inside(interface: str) -> str:
    properties = (
        f'<property name="{name}" type="{kind}" access="{"readwrite" if name in _WRITABLE else "read"}">'
        f"{_SILENT if name == 'Position' else ''}</property>"
        for kind, names in _PROPERTIES[interface].items()
        for name in names
    )
    methods = (
        f'<method name="{name}">{"".join(_argument(*each) for each in arguments)}</method>'
        for name, arguments in _METHODS[interface].items()
    )
    return "".join((*methods, *properties, _SIGNALS[interface]))


def _argument(kind: str, name: str) -> str:
    return f'<arg direction="in" type="{kind}" name="{name}"/>'
