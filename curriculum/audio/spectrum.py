"""How loud each third of an octave is: Welch's method with Hann windows."""

import numpy

from curriculum.audio.framing import Frames, power_of_two
from curriculum.audio.thirds import CENTRES as CENTRES

POINTS = 16_384 / 48_000  # seconds of a window
FLOOR = 1e-12  # of a full sine: what lies below -120 dB is not told


class Spectrum:
    """Takes a sound in blocks of (channels, samples), any size.

    look: is shown the complex spectrum of each stretch's mono mix, (stretches, bins), so that it is worked out once.
    """

    def __init__(self, rate: int, channels: int) -> None:
        from scipy import fft

        self.size = power_of_two(POINTS * rate)
        self._transform = fft.rfft
        self._window = numpy.hanning(self.size + 1)[:-1].astype("float32")
        self._frames = Frames(channels, self.size, self.size // 2)
        self._rate = rate
        self._power = numpy.zeros(self.size // 2 + 1)
        self._count = 0

    def feed(self, block: numpy.ndarray) -> list[numpy.ndarray]:
        """The magnitudes of the mono mix of each stretch that is complete now: [(stretches, bins)]."""
        return [self._look(stretches) for stretches in self._frames.feed(block, most=8)]

    def bands(self) -> list[float | None]:
        """dB of each of the 31 bands, a full sine in it being 0; None below -120 dB and beyond half the rate."""
        if not self._count:
            self._look(self._frames.rest())
        norm = 4 / (float((self._window**2).sum()) * self.size * self._count)  # a sine of 1.0 sums to 1 over its bins
        return third_octaves(self._power * norm, self._rate / self.size)

    def _look(self, stretches: numpy.ndarray) -> numpy.ndarray:
        spectra = self._transform(stretches * self._window, axis=-1)
        self._power += (spectra.real**2 + spectra.imag**2).mean(axis=0).sum(axis=0, dtype="float64")
        self._count += spectra.shape[1]
        return numpy.abs(spectra[:2].mean(axis=0))


def third_octaves(power: numpy.ndarray, width: float) -> list[float | None]:
    """dB in each band. power: of each bin; width: Hz from bin to bin. Bins on a border count in proportion."""
    run = numpy.concatenate(([0.0], numpy.cumsum(power)))
    borders = (numpy.arange(len(run)) - 0.5) * width
    levels: list[float | None] = []
    for number in range(len(CENTRES)):
        centre = 1000 * 2 ** ((number - 17) / 3)
        low, high = centre * 2 ** (-1 / 6), centre * 2 ** (1 / 6)
        if centre > borders[-1]:
            levels.append(None)
            continue
        inside = float(numpy.interp(high, borders, run) - numpy.interp(low, borders, run))
        levels.append(float(10 * numpy.log10(inside)) if inside > FLOOR else None)
    return levels
