"""How a version's sound is measured, and whether browsers play its file as it is."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import Refused
from mentorship import aac
from mentorship.measuring import Tell
from mentorship.models.pieces import Version

if TYPE_CHECKING:
    from curriculum.audio.child import Measured

PLAIN, EXTENSIBLE = 1, 0xFFFE  # tags of a WAV file's format
NO_FFMPEG = (
    "This is an M4A file and this server cannot read AAC any more. Ask the people who run it to bring ffmpeg back, "
    "or upload WAV, FLAC or a 320 kbit/s MP3."
)


def measure(path: Path, version: Version, folder: Path, tell: Tell) -> "Measured":
    """Measure a version's file in a confined child that writes into `folder`; with a copy where browsers need one."""
    from curriculum.audio.child import Measured, measure_file  # numpy: only in the process that measures

    seconds = version.seconds or 0.0
    is_aac = version.media_type == aac.MEDIA_TYPE
    sound = path
    if is_aac:
        decoded = aac.decode(path, folder, seconds=seconds + 1, meanwhile=lambda: tell(0, 100))
        if decoded is None:
            raise Refused(NO_FFMPEG)
        sound = decoded
    found = measure_file(
        sound,
        folder=folder,
        seconds=seconds,
        want_copy=not is_aac and not plays_everywhere(path, version.media_type),
        progress=lambda share: tell(round(100 * share), 100),
    )
    if not is_aac:
        return found
    figures: dict[str, Any] = {**found.figures, "bits": None}
    return Measured(found.meter, figures, found.curves, found.peaks, sound)


def plays_everywhere(path: Path, media_type: str) -> bool:
    """Whether every browser plays this file: MP3, FLAC, Ogg, and WAV of plain whole numbers up to 24 bits."""
    if media_type == "audio/wav":
        with open(path, "rb") as file:
            return _is_plain_wav(file.read(4096))
    return media_type in ("audio/flac", "audio/mpeg", "audio/ogg")


def _is_plain_wav(head: bytes) -> bool:
    """Whether a WAV's format is in its first octets, and plain."""
    at = head.find(b"fmt ", 12)
    if head[:4] != b"RIFF" or at < 0 or len(head) < at + 34:
        return False
    tag = int.from_bytes(head[at + 8 : at + 10], "little")
    bits = int.from_bytes(head[at + 22 : at + 24], "little")
    if tag == EXTENSIBLE:
        tag = int.from_bytes(head[at + 32 : at + 34], "little")
    return tag == PLAIN and bits in (8, 16, 24)
