"""A feed-forward compressor without make-up gain and without look-ahead.

Source: Giannoulis, Massberg, Reiss, "Digital Dynamic Range Compressor Design", JAES 60 (2012); the gain is smoothed.
"""

import math
from typing import Any

import numpy

Array = numpy.ndarray[Any, Any]

QUIETEST = 1e-6  # -120 dBFS: what is lower counts as that


def compressed(
    samples: Array,
    rate: int,
    *,
    threshold_db: float,
    ratio: float,
    attack_ms: float,
    release_ms: float,
    knee_db: float = 0.0,
) -> Array:
    """samples: (frames,) or (frames, channels); the louder side steers both.

    attack_ms, release_ms: until the gain reduction, in dB, has gone 63 % of its way after a step.
    """
    loud = numpy.abs(samples) if samples.ndim == 1 else numpy.abs(samples).max(axis=1)
    level_db = 20 * numpy.log10(numpy.maximum(loud, QUIETEST))
    wanted = level_db - static_db(level_db, threshold_db, ratio, knee_db)
    attack, release = (math.exp(-1000 / (ms * rate)) for ms in (attack_ms, release_ms))
    gain = 10 ** (-smoothed(wanted, attack, release) / 20)
    return samples * (gain if samples.ndim == 1 else gain[:, None])


def static_db(level_db: Array, threshold_db: float, ratio: float, knee_db: float = 0.0) -> Array:
    """What comes out when the level in dB stays: threshold + excess / ratio; the knee is a parabola around it."""
    over = numpy.asarray(level_db, dtype="float64") - threshold_db
    bent = numpy.maximum(over, 0.0)
    if knee_db > 0:
        bent = numpy.where(2 * numpy.abs(over) < knee_db, (over + knee_db / 2) ** 2 / (2 * knee_db), bent)
    return level_db - (1 - 1 / ratio) * bent


def smoothed(wanted: Array, attack: float, release: float) -> Array:
    """y[n] = c y[n-1] + (1 - c) wanted[n], where c is attack on the way up and release on the way down, from y = 0.

    Which of the two holds at a sample hangs on the sample before. As the quicker one always gives the higher y (the
    lower one, when release is the quicker), the right choice is found by improving a guess: solve the whole line with
    it, choose anew, until no choice changes. A few rounds do, where a loop over samples would take a second.
    """
    from scipy.linalg.blas import dtbsv

    rises = numpy.ones(len(wanted), dtype=bool)
    matrix = numpy.ones((2, len(wanted)), order="F")  # its diagonal, and what lies under it
    while True:
        c = numpy.where(rises, attack, release)
        matrix[1, :-1] = -c[1:]
        y = dtbsv(1, matrix, (1 - c) * wanted, lower=1, diag=1)
        better = wanted > numpy.concatenate(([0.0], y[:-1]))
        if numpy.array_equal(better, rises):
            return y
        rises = better
