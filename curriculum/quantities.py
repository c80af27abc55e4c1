"""Numbers with units, as people write them and as a card shows them."""

import re
from dataclasses import dataclass
from decimal import Decimal

from curriculum.formula import rounded

SIGNIFICANT = 6  # digits of a number that nobody said how to round
GROUPED_FROM = 10_000  # "44,100", but "1760", as years are written

MINUS = str.maketrans({"−": "-", "–": "-", "‐": "-", "‑": "-", "\u00a0": " ", "\u2009": " ", "\u202f": " ", "’": "'"})
SIGN_WORDS = re.compile(r"(minus|plus)\b\s*", re.IGNORECASE)
NUMBER = re.compile(r"(?P<money>[$€£]?)\s*(?P<sign>[+-]?)\s*(?P<again>[$€£]?)\s*(?P<digits>[\d][\d.,' ]*|[.,]\d+)")
TENS = re.compile(r"[eE][+-]?\d{1,2}(?![\w.])")
GROUPS = re.compile(r"\d{1,3}(?:([.,' ])\d{3})(?:\1\d{3})*")

# What is measured -> each unit's size and its names, written small. Only names that mean one thing alone.
_MEASURES: dict[str, dict[float, tuple[str, ...]]] = {
    "frequency": {
        1: ("hz", "hertz", "cps"),
        1e3: ("khz", "kilohertz"),
        1e6: ("mhz", "megahertz"),
    },
    "time": {
        1e-6: ("µs", "μs", "us", "microsecond", "microseconds"),
        1e-3: ("ms", "msec", "msecs", "millisecond", "milliseconds"),
        1: ("s", "sec", "secs", "second", "seconds"),
        60: ("min", "mins", "minute", "minutes"),
        3600: ("h", "hr", "hrs", "hour", "hours"),
        86400: ("day", "days"),
    },
    "length": {
        1e-3: ("mm", "millimetre", "millimetres", "millimeter", "millimeters"),
        1e-2: ("cm", "centimetre", "centimetres", "centimeter", "centimeters"),
        1: ("m", "metre", "metres", "meter", "meters"),
        1e3: ("km", "kilometre", "kilometres", "kilometer", "kilometers"),
    },
    "voltage": {
        1e-6: ("µv", "μv", "uv"),
        1e-3: ("mv", "millivolt", "millivolts"),
        1: ("v", "volt", "volts"),
    },
    "data": {
        1: ("byte", "bytes"),
        1e3: ("kb", "kilobyte", "kilobytes"),
        1e6: ("mb", "megabyte", "megabytes"),
        1e9: ("gb", "gigabyte", "gigabytes"),
    },
    "bits": {
        1: ("bit", "bits"),
        1e3: ("kbit", "kbits", "kilobit", "kilobits"),
        1e6: ("mbit", "mbits", "megabit", "megabits"),
    },
    "bit rate": {
        1: ("bit/s", "bits/s", "bps"),
        1e3: ("kbit/s", "kbits/s", "kbps"),
        1e6: ("mbit/s", "mbits/s", "mbps"),
    },
    "level": {1: ("db", "decibel", "decibels")},
    "share": {1: ("%", "percent", "per cent")},
    "tempo": {1: ("bpm", "beats per minute", "beats a minute")},
    "interval": {
        1: ("half step", "half steps", "semitone", "semitones", "halfstep", "halfsteps"),
        0.01: ("cent", "cents"),
    },
    "dollars": {1: ("$", "us$", "usd", "dollar", "dollars", "us dollar", "us dollars")},
    "euros": {1: ("€", "eur", "euro", "euros")},
    "pounds": {1: ("£", "gbp", "pound", "pounds")},
    "samples": {1: ("sample", "samples")},
}
UNITS = {
    name: (measure, size) for measure, sizes in _MEASURES.items() for size, names in sizes.items() for name in names
}


@dataclass(frozen=True, slots=True)
class Quantity:
    """readings: "1,000" may be a thousand or one; the likelier comes first. unit: as written, "" when there is none."""

    readings: tuple[float, ...]
    unit: str


def read(text: str) -> Quantity | None:
    """None when it is not one number, with or without a unit behind it (or a currency sign before it)."""
    words = SIGN_WORDS.sub(lambda word: "-" if word[1].lower() == "minus" else "+", text.translate(MINUS).strip())
    found = NUMBER.match(words)
    if found is None or (found["money"] and found["again"]):
        return None
    digits = found["digits"].rstrip(" .,'") if found["digits"][0].isdigit() else found["digits"]
    rest = words[found.start("digits") + len(digits) :]
    tens = TENS.match(rest)
    unit = rest[tens.end() if tens else 0 :].strip().rstrip(".").strip()
    if any(sign.isdecimal() for sign in unit) or (unit and not re.match(r"[^\W\d_]|[%$€£°]", unit)):
        return None
    money = found["money"] or found["again"]
    readings = tuple(
        -number if found["sign"] == "-" else number for number in _readings(digits, tens[0] if tens else "")
    )
    if not readings or (money and unit):
        return None
    return Quantity(readings, money or unit)


def _readings(digits: str, tens: str) -> tuple[float, ...]:
    if len(digits) > 30:
        return ()
    found = []
    marks = [mark for mark in digits if not mark.isdigit()]
    if len(set(marks)) == 2 and marks.count(marks[-1]) == 1:  # 1,234.5 or 1.234,5: the last one is the decimal mark
        whole, _, part = digits.rpartition(marks[-1])
        if GROUPS.fullmatch(whole) and marks[-1] in ".," and part.isdigit():
            found.append(re.sub(r"\D", "", whole) + "." + part)
    elif GROUPS.fullmatch(digits) and not digits.startswith("0"):
        found.append(re.sub(r"\D", "", digits))
    if len(marks) <= 1 and set(marks) <= {".", ","}:
        found.append(digits.replace(",", "."))
        if marks == ["."]:
            found.reverse()
    return tuple(float(one + tens) for one in found)


def measured_alike(unit: str, wanted: tuple[str, ...]) -> float | None:
    """By what to multiply a number in `unit` to have it in the wanted one; None when the two do not fit together.

    wanted: the names of one unit, the last one is its plural.
    """
    given, names = _folded(unit), [_folded(name) for name in wanted]
    if given in names:
        return 1.0
    known = next((UNITS[name] for name in names if name in UNITS), None)
    if known is None or given not in UNITS or UNITS[given][0] != known[0]:
        return None
    return UNITS[given][1] / known[1]


def _folded(unit: str) -> str:
    return " ".join(unit.casefold().split()).removesuffix(".")


def alike(one: str, other: str) -> bool:
    """Whether both are numbers that say the same: "1,000 Hz" and "1 kilohertz", "0,5" and "0.5"; both need a unit, or
    neither."""
    here, there = read(one), read(other)
    if here is None or there is None or bool(here.unit) != bool(there.unit):
        return False
    times = measured_alike(here.unit, (there.unit,)) if here.unit else 1.0
    if times is None:
        return False
    return any(abs(a * times - b) <= 1e-9 * max(abs(b), 1e-9) for a in here.readings for b in there.readings)


def shown(number: float, decimals: int | None = None) -> str:
    """As the pages write it: "44,100", "−7.8", "12.50" but "12". decimals: None keeps up to six digits that count."""
    near = _to_six_digits(number) if decimals is None else rounded(number, decimals)
    size = abs(near)
    if size == int(size):
        text = str(int(size))
    elif decimals is None:
        text = format(Decimal(repr(size)), "f")
    else:
        text = f"{size:.{decimals}f}"
    whole, point, part = text.partition(".")
    if size >= GROUPED_FROM:
        whole = f"{int(whole):,}"
    return ("−" if near < 0 else "") + whole + point + part


def _to_six_digits(number: float) -> float:
    """Digits before the point are kept, however many."""
    size = abs(number)
    if size == int(size):
        return number
    return (
        float(f"{number:.{SIGNIFICANT}g}") if size < 1 else rounded(number, max(0, SIGNIFICANT - len(str(int(size)))))
    )
