"""How a sound looks: its spectrum, its level over time, its wave; and what an EQ or a compressor does to it."""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from curriculum.pictures import Picture, axes
from curriculum.pictures.axes import Line, even_axis, figure, hertz, hertz_axis

if TYPE_CHECKING:
    from numpy import ndarray

Levels = Sequence[float | None]  # dB; None: nothing to be told

NAMES = ("A", "B")
BANDS = (
    *(20, 25, 31.5, 40, 50, 63, 80, 100, 125, 160, 200, 250, 315, 400, 500, 630),
    *(800, 1000, 1250, 1600, 2000, 2500, 3150, 4000, 5000, 6300, 8000, 10000, 12500, 16000, 20000),
)  # Hz, the usual rounded names of 1000·2^(n/3)
SPAN = 60  # dB that a spectrum shows
QUIETEST = -72.0  # dBFS, ground of a level over time
SLICES = 300  # of a wave, at most
TABLE_ROWS = 16


def thirds(samples: "ndarray", rate: int) -> list[float | None]:
    """dB in each of the 31 thirds of an octave, a full sine being 0; None where there is next to nothing.

    samples: (frames, channels); the powers of the channels are added.
    """
    import numpy

    from curriculum.audio.spectrum import Spectrum

    spectrum = Spectrum(rate, samples.shape[1])
    spectrum.feed(numpy.ascontiguousarray(samples.T, dtype="float32"))
    return spectrum.bands()


def level_of(samples: "ndarray", rate: int, step_s: float = 0.02) -> list[float | None]:
    """dBFS (root mean square, channels together) of one stretch of step_s seconds after the other."""
    import numpy

    size = max(1, round(rate * step_s))
    count = len(samples) // size
    power = (samples[: count * size] ** 2).mean(axis=1).reshape(count, size).mean(axis=1)
    decibels = 10 * numpy.log10(numpy.maximum(power, 1e-12))
    return [None if value <= QUIETEST else float(value) for value in decibels]


def spectrum(levels: Levels, beside: Levels | None = None, names: tuple[str, str] = NAMES) -> Picture:
    """One sound's thirds of an octave, or two sounds'. levels: of the 31 BANDS, as `thirds` gives them."""
    sounds = [levels] if beside is None else [levels, beside]
    known = [value for one in sounds for value in one if value is not None]
    top = 10 * math.ceil((max(known, default=0.0) + 1) / 10)
    across, up = hertz_axis(18, 22_000), even_axis("dB", top - SPAN, top, 10)
    lines = [
        Line(_stairs(one, top - SPAN), names[number] if beside is not None else "") for number, one in enumerate(sounds)
    ]
    words = _spectrum_words(sounds, names)
    columns = ("dB",) if beside is None else (f"{names[0]}, dB", f"{names[1]}, dB", "Difference, dB")
    rows = []
    for number, band in enumerate(BANDS):
        cells = [one[number] if number < len(one) else None for one in sounds]
        if any(cell is not None and cell > top - SPAN - 10 for cell in cells):
            rows.append((hertz(band), *(_cell(cell) for cell in (*cells, *_difference(cells)))))
    return Picture(axes.plot(across, up, lines, words), words, (("Around", *columns), tuple(rows)))


def response(
    gain_db: Callable[[float], float],
    beside: Callable[[float], float] | None = None,
    names: tuple[str, str] = NAMES,
    *,
    words: str = "",
) -> Picture:
    """What an EQ or a filter does. gain_db: Hz -> dB. words: the text alternative, else it is read off the curve."""
    places = [20 * 1000 ** (number / 240) for number in range(241)]
    curves = [gain_db] if beside is None else [gain_db, beside]
    gains = [curve(place) for curve in curves for place in places]
    reach = 6.0 * math.ceil(max(6.0, *(gain + 1 for gain in gains)) / 6)
    low = -min(36.0, 6.0 * math.ceil(max(6.0, *(1 - gain for gain in gains)) / 6))
    step = 6 if reach - low <= 36 else 12
    across, up = hertz_axis(), even_axis("dB", low, reach, step, _signed)
    lines = [
        Line([(place, curve(place)) if curve(place) >= low else None for place in places], name)
        for curve, name in zip(curves, names if beside else ("",), strict=False)
    ]
    words = words or _response_words(gain_db)
    head = ("At", *(f"{name}, dB" for name in names)) if beside else ("At", "dB")
    octaves = [band for band in BANDS if 31 < band < 17_000][::3]
    rows = tuple((hertz(band), *(_signed(round(curve(band), 1)) for curve in curves)) for band in octaves)
    zero = axes.stroke(axes.path(across, up, [(20, 0.0), (20_000, 0.0)]), width=1.2)
    return Picture(axes.plot(across, up, lines, words, extra=[zero]), words, (head, rows))


def compressor(threshold_db: float, ratio: float, knee_db: float = 0) -> Picture:
    """The static curve: steady level in, steady level out; dashed what comes out without it.

    knee_db: width of the soft bend around the threshold. Source: Giannoulis, Massberg and Reiss, "Digital dynamic
    range compressor design", JAES 60 (6), 2012, formula 4.
    """

    def out(level: float) -> float:
        over = level - threshold_db
        if 2 * abs(over) < knee_db:
            return level + (1 / ratio - 1) * (over + knee_db / 2) ** 2 / (2 * knee_db)
        return level if over <= 0 else threshold_db + over / ratio

    across, up = even_axis("dB in", -60, 0, 10), even_axis("dB out", -60, 0, 10)
    levels = [float(number) / 2 for number in range(-120, 1)]
    lines = [Line([(one, out(one)) for one in levels], "compressed"), Line([(-60, -60), (0, 0)], "as it came")]
    words = (
        f"Level in against level out. Up to {figure(threshold_db)} dB both are the same; above it, every "
        f"{figure(ratio)} dB more going in give 1 dB more coming out, so that 0 dB comes out at "
        f"{figure(round(out(0), 1))} dB."
    )
    if knee_db:
        words += f" The bend is spread over {figure(knee_db)} dB around the threshold."
    rows = tuple(
        (figure(one), figure(round(out(one), 1)), figure(round(one - out(one), 1))) for one in range(-60, 1, 6)
    )
    return Picture(axes.plot(across, up, lines, words), words, (("In, dB", "Out, dB", "Turned down by, dB"), rows))


def level(
    levels: Levels, beside: Levels | None = None, names: tuple[str, str] = NAMES, *, step_s: float = 0.02
) -> Picture:
    """Level over time of one sound or two, as `level_of` gives it with the same step_s."""
    sounds = [levels] if beside is None else [levels, beside]
    known = [value for one in sounds for value in one if value is not None]
    top = 6.0 * math.ceil((max(known, default=-6.0) + 1) / 6)
    low = max(QUIETEST, top - 48)
    seconds = step_s * max(len(one) for one in sounds)
    across, up = _seconds_axis(seconds), even_axis("dBFS", low, top, 12 if top - low > 36 else 6)
    lines = [
        Line(
            [((number + 0.5) * step_s, low if value is None else value) for number, value in enumerate(one)],
            names[place] if beside is not None else "",
        )
        for place, one in enumerate(sounds)
    ]
    words = _level_words(sounds, names, step_s)
    columns = ("dBFS",) if beside is None else (f"{names[0]}, dBFS", f"{names[1]}, dBFS", "Difference, dB")
    every = max(1, math.ceil(max(len(one) for one in sounds) / TABLE_ROWS))
    rows = []
    for first in range(0, max(len(one) for one in sounds), every):
        cells = [_loudest(one[first : first + every]) for one in sounds]
        when = f"{figure(first * step_s)} to {figure(min(seconds, (first + every) * step_s))} s"
        rows.append((when, *(_cell(cell) for cell in (*cells, *_difference(cells)))))
    return Picture(axes.plot(across, up, lines, words), words, (("Time", *columns), tuple(rows)))


def waveform(samples: "ndarray", rate: int) -> Picture:
    """The wave of the channels' mean: a line where it is short, else its outline. The axis fits the loudest sample."""
    mono = samples.mean(axis=1)
    seconds = len(mono) / rate
    peak = float(abs(mono).max()) if len(mono) else 0.0
    reach = next((one for one in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5) if one >= peak * 1.05), 1.0)
    across, up = _seconds_axis(seconds), even_axis("sample value", -reach, reach, reach / 2)
    if len(mono) <= 2 * SLICES:
        line = Line([(number / rate, float(value)) for number, value in enumerate(mono)])
    else:
        edges = [round(number * len(mono) / SLICES) for number in range(SLICES + 1)]
        slices = [(first / rate, mono[first:last]) for first, last in pairwise(edges)]
        line = Line([place for at, part in slices for place in ((at, float(part.max())), (at, float(part.min())))])
    words = f"A wave {_time(seconds)} long. It reaches {figure(round(peak, 3))} of full scale ({_dbfs(peak)})."
    every = max(1, math.ceil(len(mono) / TABLE_ROWS))
    rows = tuple(
        (
            _span(first / rate, min(len(mono), first + every) / rate, seconds),
            *(
                figure(round(float(one), 3))
                for one in (mono[first : first + every].min(), mono[first : first + every].max())
            ),
        )
        for first in range(0, len(mono), every)
    )
    plot = axes.plot(across, up, [line], words)
    return Picture(plot, words, (("Time", "Lowest", "Highest"), rows))


def _stairs(levels: Levels, low: float) -> list[tuple[float, float] | None]:
    """Each band as wide as it is, so that it is not taken for a fine curve."""
    places: list[tuple[float, float] | None] = []
    for number, value in enumerate(levels):
        centre = 1000 * 2 ** ((number - 17) / 3)
        kept = low if value is None else max(low, value)
        places += [(centre * 2 ** (-1 / 6), kept), (centre * 2 ** (1 / 6), kept)]
    return places


def _spectrum_words(sounds: Sequence[Levels], names: tuple[str, str]) -> str:
    if len(sounds) == 1:
        return f"Level in each third of an octave. {_loudest_band(sounds[0])}"
    gaps = [
        (first - second, band)
        for first, second, band in zip(*sounds, BANDS, strict=False)
        if first is not None and second is not None
    ]
    said = f"Levels of {names[0]} and {names[1]} in each third of an octave."
    if not gaps:
        return said
    most, least = max(gaps), min(gaps)
    if most[0] < 0.5 and least[0] > -0.5:
        return f"{said} They differ by less than 0.5 dB anywhere."
    if most[0] >= 0.5:
        said += f" {names[0]} lies highest above {names[1]} around {hertz(most[1])}: {figure(round(most[0], 1))} dB."
    if least[0] <= -0.5:
        said += f" {names[1]} lies highest above {names[0]} around {hertz(least[1])}: {figure(round(-least[0], 1))} dB."
    return said


def _loudest_band(levels: Levels) -> str:
    known = [(value, band) for value, band in zip(levels, BANDS, strict=False) if value is not None]
    if not known:
        return "There is no sound."
    top, band = max(known)
    reach = [one for value, one in known if value >= top - 30]
    span = f"from {hertz(reach[0])} to {hertz(reach[-1])}"
    return f"The most is around {hertz(band)}; within 30 dB of that it reaches {span}."


def _response_words(gain_db: Callable[[float], float]) -> str:
    gains = [(round(gain_db(band), 1), band) for band in BANDS]
    most, least = max(gains), min(gains)
    said = "Change of level along the frequencies."
    if most[0] >= 0.5:
        said += f" The highest point is {_signed(most[0])} dB near {hertz(most[1])}."
    if least[0] <= -0.5:
        said += f" The lowest point is {_signed(least[0])} dB near {hertz(least[1])}."
    return said if most[0] >= 0.5 or least[0] <= -0.5 else f"{said} It is flat."


def _level_words(sounds: Sequence[Levels], names: tuple[str, str], step_s: float) -> str:
    parts = []
    for one, name in zip(sounds, names, strict=False):
        known = [(value, -number) for number, value in enumerate(one) if value is not None]
        said = (
            "silence"
            if not known
            else f"at most {figure(round(max(known)[0], 1))} dBFS, {_after(-max(known)[1] * step_s)}"
        )
        parts.append(f"{name}: {said}" if len(sounds) > 1 else said)
    return f"Level over {_time(step_s * max(len(one) for one in sounds))}; {'; '.join(parts)}."


def _after(seconds: float) -> str:
    return "at the start" if seconds < 0.05 else f"after {_time(seconds)}"


def _seconds_axis(seconds: float) -> axes.Axis:
    in_ms = seconds < 0.2
    whole = seconds * (1000 if in_ms else 1)
    step = next((one for one in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50) if whole / one <= 6), 100)
    ticks = even_axis("", 0, whole, step).ticks
    scale = 1000 if in_ms else 1
    return axes.Axis(
        "milliseconds" if in_ms else "seconds", 0, max(seconds, 1e-6), tuple((at / scale, words) for at, words in ticks)
    )


def _span(start: float, end: float, whole: float) -> str:
    scale, unit = (1000, "ms") if whole < 0.2 else (1, "s")
    return f"{figure(round(start * scale, 2))} to {figure(round(end * scale, 2))} {unit}"


def _time(seconds: float) -> str:
    return f"{figure(round(seconds * 1000, 1))} ms" if seconds < 0.2 else f"{figure(round(seconds, 2))} s"


def _dbfs(peak: float) -> str:
    return f"{figure(round(20 * math.log10(peak), 1))} dBFS" if peak > 1e-6 else "silence"


def _signed(value: float) -> str:
    return f"+{figure(value)}" if value > 0 else figure(value + 0.0)


def _loudest(values: Levels) -> float | None:
    return max((value for value in values if value is not None), default=None)


def _difference(cells: Sequence[float | None]) -> list[float | None]:
    if len(cells) < 2:
        return []
    first, second = cells
    return [None if first is None or second is None else first - second]


def _cell(value: float | None) -> str:
    return "–" if value is None else figure(round(value, 1) + 0.0)
