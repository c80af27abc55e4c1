"""The picture of a wave: the lowest and highest sample of each pixel, as audiowaveform's JSON, version 2."""

from typing import Any

import numpy

SAMPLES_A_PIXEL = 1024


class Waveform:
    """Takes a sound in blocks of (channels, samples), any size."""

    def __init__(self, rate: int, channels: int) -> None:
        self._rate, self._channels = rate, channels
        self._rest = numpy.zeros((channels, 0), "float32")
        self._pixels: list[numpy.ndarray] = []  # each (pixels, channels, 2)

    def feed(self, block: numpy.ndarray) -> None:
        joined = numpy.concatenate((self._rest, block), axis=1)
        whole = joined.shape[1] // SAMPLES_A_PIXEL * SAMPLES_A_PIXEL
        self._add(joined[:, :whole].reshape(self._channels, -1, SAMPLES_A_PIXEL))
        self._rest = joined[:, whole:]

    def finish(self) -> None:
        if self._rest.shape[1]:
            self._add(self._rest[:, None, :])
            self._rest = self._rest[:, :0]

    def peaks(self) -> dict[str, Any]:
        empty = numpy.zeros((0, self._channels, 2), "int8")
        data = numpy.concatenate([empty, *self._pixels])
        return {
            "version": 2,
            "channels": self._channels,
            "sample_rate": self._rate,
            "samples_per_pixel": SAMPLES_A_PIXEL,
            "bits": 8,
            "length": len(data),
            "data": data.ravel().tolist(),
        }

    def _add(self, stretches: numpy.ndarray) -> None:
        if stretches.shape[1]:
            ends = numpy.stack((stretches.min(axis=2), stretches.max(axis=2)), axis=-1)
            self._pixels.append(numpy.clip(numpy.round(ends * 128), -128, 127).astype("int8").transpose(1, 0, 2))
