"""What a foreign file really is: looked at by content, in a confined child.

The child is `python -m mentorship.probe PATH MINUTES`; see `core.confined`.
"""

import json
import logging
import math
import os
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from core import confined
from core.errors import Refused, TooLarge, WrongKind
from curriculum.audio.headers import PROMISED
from mentorship import aac
from mentorship import file_kinds as kinds
from mentorship.file_kinds import CHOICE, LABELS, TAKEN

CPU_SECONDS = 10  # for up to 15 minutes of sound; more in proportion where a host allows longer files
CPU_MINUTES = 15
WAITING = 3  # the parent waits this many times the processor time
MEMORY = 480_000_000  # octets of address space
OUTPUT = 64_000  # octets

BLOCK = 65_536  # frames
CHANNELS = range(1, 7)
RATES = range(8_000, 192_001)  # Hz
MOST_PIXELS = 50_000_000
LONGEST_TEXT = 1_000_000  # octets
HEAD = 4096  # octets
MISSED = 0.01  # of what the header promised may be missing before we say that a file ends early

UNKNOWN_LENGTH = 0x7FFF_F000  # octets; what programs write into a header that they never come back to

log = logging.getLogger("woodshed.probe")


@dataclass(frozen=True, slots=True)
class Found:
    """What a file is."""

    kind: str  # audio, picture, text, document
    media_type: str
    seconds: float | None = None  # counted while decoding
    rate: int | None = None  # Hz
    channels: int | None = None
    width: int | None = None  # pixels
    height: int | None = None
    warning: str = ""  # a sentence; the file is taken all the same


@dataclass(slots=True)
class Rejected(Exception):
    """Says no inside the child. The sentence is "This is " + what + rest, or rest alone where `what` is empty."""

    status: int
    rest: str
    what: str = ""


def look(path: Path, name: str, *, minutes: int) -> Found:
    """What the file at `path` is. name: what its owner calls it; minutes: the longest audio taken.

    Raises WrongKind, TooLarge or Refused with a sentence. A name that says another kind than the content is refused.
    """
    answer = _ask(path, minutes)
    says = kinds.label_of(name)
    if "status" in answer:
        if says == "M4A" and answer["rest"] == kinds.NO_AAC:
            says = ""  # the name is right: it is we who cannot
        raise _refusal(Rejected(**answer), says)
    found = Found(**answer)
    label = LABELS[found.media_type]
    if says and TAKEN[says][0] != found.kind:
        raise _refusal(Rejected(415, ". Choose the right file, or give this one its right name.", _is_a(label)), says)
    if kinds.ending(name) in kinds.OTHER_NAMES:
        raise WrongKind(f"The name says {kinds.OTHER_NAMES[kinds.ending(name)]}. {CHOICE}", field="file")
    if says and says != label:
        note = f"The name says {says}, but inside is {label}."
        return Found(**{**answer, "warning": f"{note} {found.warning}".strip()})
    return found


def _is_a(label: str) -> str:
    words = kinds.KIND_WORDS[TAKEN[label][0]]
    return words if label == "text" else f"{words} ({label})"


def _refusal(rejected: Rejected, says: str) -> Refused:
    if not rejected.what:
        text = rejected.rest
    elif says:
        text = f"The name says {says}, but this is {rejected.what}{rejected.rest}"
    else:
        text = f"This is {rejected.what}{rejected.rest}"
    return {413: TooLarge, 415: WrongKind}.get(rejected.status, Refused)(text, field="file")


def _ask(path: Path, minutes: int) -> dict[str, Any]:
    """What our own child says; of an M4A, what it says of the FLAC that ffmpeg makes of it, where there is one."""
    with open(path, "rb") as file:
        is_m4a = aac.is_m4a(file.read(16))
    if not is_m4a or aac.ffmpeg() is None:
        return _ask_child(path, minutes)
    with tempfile.TemporaryDirectory(prefix="woodshed-probe-") as folder:
        decoded = aac.decode(path, Path(folder), seconds=minutes * 60 + 1)
        if decoded is None:
            return asdict(_damaged("M4A file"))
        answer = _ask_child(decoded, minutes)
    return answer if "status" in answer else {**answer, "media_type": aac.MEDIA_TYPE}


def _ask_child(path: Path, minutes: int) -> dict[str, Any]:
    """The child's answer: the fields of a Found or of a Rejected."""
    with tempfile.TemporaryDirectory(prefix="woodshed-probe-") as folder:
        child = confined.run(
            "mentorship.probe",
            str(path.resolve()),
            str(minutes),
            folder=Path(folder),
            seconds=_cpu_seconds(minutes) * WAITING,
        )
    try:
        return _checked(json.loads(child.said))
    except (ValueError, KeyError, TypeError):
        log.warning("the probe ended with %s: %a", child.status, child.complained[-200:])
        return asdict(_damaged("file"))


def _checked(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer if it is one that our child gives (ValueError, KeyError or TypeError): a child may be taken over."""
    if "status" in answer:
        Rejected(**answer)
        return answer
    found = Found(**answer)
    if found.kind != TAKEN[LABELS[found.media_type]][0]:
        raise ValueError("kind and media type do not fit")
    figures = (found.seconds, found.rate, found.channels, found.width, found.height)
    if not all(isinstance(figure, int | float | None) for figure in figures):
        raise TypeError("a figure is none")
    return answer


def _cpu_seconds(minutes: int) -> int:
    return math.ceil(CPU_SECONDS * max(1.0, minutes / CPU_MINUTES))


def _damaged(label: str) -> Rejected:
    return Rejected(
        422, f"This {label} cannot be read: it is damaged or incomplete. Export it again, open it once, then upload it."
    )


# ---- from here on: what the child does


def examine(file: BinaryIO, minutes: int) -> Found:
    """What an open file is; raises Rejected. Only in the child: it sets the limits of this process."""
    head = file.read(HEAD)
    file.seek(0)
    if not head:
        raise Rejected(422, "This file is empty. Check that the export finished, then upload it again.")
    if kinds.is_audio(head):
        return _audio(file, minutes)
    if head.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
        return _picture(file)
    if head.startswith(b"%PDF-"):
        return Found("document", "application/pdf")
    if head.startswith(b"MThd\0\0\0\6"):
        return Found("document", "audio/midi")
    if other := kinds.alien(head):
        what, rest = other
        raise Rejected(415, rest, what)
    return _text(file)


def _audio(file: BinaryIO, minutes: int) -> Found:
    import numpy
    import soundfile

    limit_this_process(minutes)
    try:
        sound = soundfile.SoundFile(file.fileno(), closefd=False)
    except soundfile.LibsndfileError:
        raise _damaged("sound") from None
    label = {"WAVEX": "WAV", "RF64": "WAV", "OGG": "Ogg"}.get(sound.format, sound.format)
    if label not in TAKEN:
        raise Rejected(415, f". {CHOICE}", f"a sound of a kind that we do not take ({sound.format})")
    if sound.channels not in CHANNELS:
        raise Rejected(422, f"This sound has {sound.channels} channels; we take 1 to 6. Export it as stereo.")
    if sound.samplerate not in RATES:
        raise Rejected(
            422, f"This sound runs at {sound.samplerate} Hz; we take 8 to 192 kHz. Export it at 44.1 or 48 kHz."
        )
    block = numpy.empty((BLOCK, sound.channels), "float32")
    frames, is_whole, not_numbers = 0, True, 0
    try:
        while count := len(sound.read(out=block)):
            frames += count
            not_numbers += int(numpy.count_nonzero(~numpy.isfinite(block[:count])))
            if frames > minutes * 60 * sound.samplerate:
                raise Rejected(413, f"This sound is too long: we take up to {minutes} min. Shorten it, then upload it.")
    except soundfile.LibsndfileError:
        is_whole = False
        if not frames or file.seek(0, os.SEEK_CUR) < os.fstat(file.fileno()).st_size:
            raise _damaged(f"{label} file") from None
    if not frames:
        raise Rejected(422, f"This {label} file has no sound in it. Check what was selected when you exported it.")
    seconds = frames / sound.samplerate
    warnings = []
    if not is_whole or _promised(sound) * (1 - MISSED) > frames:
        warnings.append(f"The file ends early: {seconds:.3g} seconds of it can be read. Was the export interrupted?")
    if not_numbers:
        warnings.append("Some of its samples are no numbers; players may click or fall silent there.")
    return Found(
        "audio",
        TAKEN[label][1],
        seconds=round(seconds, 6),
        rate=sound.samplerate,
        channels=sound.channels,
        warning=" ".join(warnings),
    )


def _promised(sound: Any) -> float:
    """How many frames the header says there are; libsndfile has trimmed its own figure to the file's length."""
    stretch = 1.0
    for said, real in PROMISED.findall(sound.extra_info):
        if 0 < int(real) < int(said) < UNKNOWN_LENGTH:
            stretch = max(stretch, int(said) / int(real))
    return float(sound.frames * stretch)


def _picture(file: BinaryIO) -> Found:
    from PIL import Image, MpoImagePlugin

    Image.preinit()
    Image.MAX_IMAGE_PIXELS = None  # our own limit comes first
    assert MpoImagePlugin  # imported here, since nothing can be opened once the limits hold
    limit_this_process(0)
    try:
        picture = Image.open(file, formats=["PNG", "JPEG"])
        width, height = picture.size
        if width * height > MOST_PIXELS:
            raise Rejected(
                413,
                f"This picture has {width} × {height} pixels; the most we take are {MOST_PIXELS // 1_000_000} million. "
                "Make it smaller, then upload it.",
            )
        picture.verify()
        file.seek(0)
        picture = Image.open(file, formats=["PNG", "JPEG"])
        picture.draft(None, (max(1, width // 8), max(1, height // 8)))  # a JPEG is read whole, in an eighth of the room
        picture.load()
    except (OSError, SyntaxError, ValueError, EOFError):
        raise _damaged("picture") from None
    return Found("picture", "image/png" if picture.format == "PNG" else "image/jpeg", width=width, height=height)


def _text(file: BinaryIO) -> Found:
    limit_this_process(0)
    octets = file.read(LONGEST_TEXT + 1)
    if len(octets) > LONGEST_TEXT:
        raise Rejected(413, "This text is longer than 1 MB, the most we take. Upload the part that matters.")
    if b"\0" in octets:
        raise Rejected(415, f". {CHOICE}", "a kind of file that we do not know")
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError:
        raise Rejected(415, ". If it is text, save it again with the encoding UTF-8.", "no text in UTF-8") from None
    if not text.strip("\ufeff \t\r\n"):
        raise Rejected(422, "This text has nothing but empty lines. Write it, save it, then upload it.")
    return Found("text", "text/plain")


def limit_this_process(minutes: int) -> None:
    """See `core.confined`. minutes: the longest audio taken; 0 where there is none."""
    confined.limit_this_process(cpu_seconds=_cpu_seconds(minutes), memory=MEMORY, output=OUTPUT)


def main(path: str, minutes: str) -> None:
    with open(path, "rb", buffering=0) as file:
        try:
            answer = asdict(examine(file, int(minutes)))
        except Rejected as rejected:
            answer = asdict(rejected)
    print(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
