"""What kind of file a version is, in a few words."""

from mentorship import file_kinds
from mentorship.models.pieces import Version

CHANNELS = {1: "mono", 2: "stereo"}


def format_of(version: Version) -> str:
    """As in "WAV, 48 kHz, stereo"."""
    label = file_kinds.LABELS.get(version.media_type, version.media_type)
    if version.rate and version.channels:
        channels = CHANNELS.get(version.channels, f"{version.channels} channels")
        return f"{label}, {version.rate / 1000:g} kHz, {channels}"
    return f"{label}, {version.width} × {version.height} pixels" if version.width else label
