"""A sound file read in blocks: what its header says, and what is really in it."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy

from core.errors import Refused
from curriculum.audio.headers import PROMISED

BLOCK = 65_536  # frames
CHANNELS = range(1, 7)
RATES = range(8_000, 192_001)  # Hz
MISSED = 0.01  # of what the header promised may be missing before we say that a file ends early
BITS = {"PCM_S8": 8, "PCM_U8": 8, "PCM_16": 16, "PCM_24": 24, "PCM_32": 32, "FLOAT": 32, "DOUBLE": 64}
BITS |= {f"ALAC_{bits}": bits for bits in (16, 20, 24, 32)}
FLOATS = {"FLOAT", "DOUBLE"}
LOUDEST = 1e6  # 120 dB over full scale: what is beyond is no sound but damage

UNKNOWN_LENGTH = 0x7FFF_F000  # octets; what programs write into a header that they never come back to

DAMAGED = "This file cannot be read as sound: it is damaged, incomplete or of a kind we do not know. Export it again."
EMPTY = "This file has no sound in it. Check what was selected when you exported it."
ENDS_EARLY = "The file ends early: {:.3g} seconds of it could be measured. Was the export interrupted?"
NO_NUMBERS = "Some of its samples are no numbers; they were read as silence."


@dataclass(frozen=True, slots=True)
class Form:
    """How the samples of a sound are kept."""

    rate: int  # Hz
    channels: int
    bits: int | None = None  # of a sample; None: lossy
    is_float: bool = False

    @property
    def full_scale(self) -> float | None:
        """The highest value of a whole-number format (8 bits: 127/128); None where 1.0 may be passed."""
        return None if self.bits is None or self.is_float else 1 - 2.0 ** (1 - self.bits)


class Sound:
    """An open sound file. After `blocks` is through, `frames` and `warnings` say what was there."""

    def __init__(self, file: BinaryIO) -> None:
        """file: unbuffered, open for reading. Refused when it is no sound, or not of a kind that we measure."""
        import soundfile

        self._file = file
        self._broken = soundfile.LibsndfileError
        try:
            self._sound: Any = soundfile.SoundFile(file.fileno(), closefd=False)
        except soundfile.LibsndfileError:
            raise Refused(DAMAGED) from None
        subtype = self._sound.subtype
        self.form = Form(self._sound.samplerate, self._sound.channels, BITS.get(subtype), subtype in FLOATS)
        if self.form.channels not in CHANNELS:
            raise Refused(f"This sound has {self.form.channels} channels; we measure 1 to 6. Export it as stereo.")
        if self.form.rate not in RATES:
            raise Refused(
                f"This sound runs at {self.form.rate} Hz; we measure 8 to 192 kHz. Export it at 44.1 or 48 kHz."
            )
        self.frames = 0
        self.warnings: list[str] = []

    def blocks(self, progress: Callable[[float], None] = lambda _: None) -> Iterator[numpy.ndarray]:
        """All of it, as float32 of (frames, channels), each block overwritten by the next. NaN, infinity and
        what is beyond all sense become 0.

        progress: told the share that was read. Refused when nothing can be read.
        """
        block = numpy.empty((BLOCK, self.form.channels), "float32")
        promised, is_whole, are_numbers = max(1, self._sound.frames), True, True
        try:
            while count := len(self._sound.read(out=block)):
                self.frames += count
                read = block[:count]
                if not max(read.max(), -read.min()) <= LOUDEST:  # also where one is NaN
                    are_numbers = False
                    read[~(numpy.abs(read) <= LOUDEST)] = 0
                yield read
                progress(min(1.0, self.frames / promised))
        except self._broken:
            is_whole = False
            if not self.frames or self._file.seek(0, os.SEEK_CUR) < os.fstat(self._file.fileno()).st_size:
                raise Refused(DAMAGED) from None
        if not self.frames:
            raise Refused(EMPTY)
        if not is_whole or self._promised() * (1 - MISSED) > self.frames:
            self.warnings.append(ENDS_EARLY.format(self.frames / self.form.rate))
        if not are_numbers:
            self.warnings.append(NO_NUMBERS)

    def _promised(self) -> float:
        """How many frames the header says there are; libsndfile has trimmed its own figure to the file's length."""
        stretch = 1.0
        for said, real in PROMISED.findall(self._sound.extra_info):
            if 0 < int(real) < int(said) < UNKNOWN_LENGTH:
                stretch = max(stretch, int(said) / int(real))
        return float(self._sound.frames * stretch)
