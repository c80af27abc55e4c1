"""Scales, chords and cadences as half steps, in plain tables: what sounds. How it is spelled is the others' part."""

SCALES: dict[str, tuple[int, ...]] = {  # half steps above the tonic, one octave, without the upper tonic
    "major": (0, 2, 4, 5, 7, 9, 11),
    "natural-minor": (0, 2, 3, 5, 7, 8, 10),
    "harmonic-minor": (0, 2, 3, 5, 7, 8, 11),
    "melodic-minor": (0, 2, 3, 5, 7, 9, 11),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "locrian": (0, 1, 3, 5, 6, 8, 10),
    "major-pentatonic": (0, 2, 4, 7, 9),
    "minor-pentatonic": (0, 3, 5, 7, 10),
    "blues": (0, 3, 5, 6, 7, 10),
    "whole-tone": (0, 2, 4, 6, 8, 10),
    "chromatic": tuple(range(12)),
}
SCALES_DOWN = SCALES | {"melodic-minor": SCALES["natural-minor"]}  # the one that is another on its way down

CHORDS: dict[str, tuple[int, ...]] = {  # half steps above the root, close, root position
    "maj": (0, 4, 7),
    "min": (0, 3, 7),
    "dim": (0, 3, 6),
    "aug": (0, 4, 8),
    "sus2": (0, 2, 7),
    "sus4": (0, 5, 7),
    "maj7": (0, 4, 7, 11),
    "7": (0, 4, 7, 10),
    "m7": (0, 3, 7, 10),
    "m7b5": (0, 3, 6, 10),
    "dim7": (0, 3, 6, 9),
    "6": (0, 4, 7, 9),
    "m6": (0, 3, 7, 9),
    "9": (0, 4, 7, 10, 14),
}

CADENCES: dict[str, dict[str, tuple[str, ...]]] = {  # mode, type -> numerals; the first two let the key be heard
    "major": {
        "authentic": ("I", "IV", "V", "I"),
        "plagal": ("I", "vi", "IV", "I"),
        "half": ("I", "vi", "IV", "V"),
        "deceptive": ("I", "IV", "V", "vi"),
    },
    "minor": {
        "authentic": ("i", "iv", "V", "i"),
        "plagal": ("i", "VI", "iv", "i"),
        "half": ("i", "VI", "iv", "V"),
        "deceptive": ("i", "iv", "V", "VI"),
    },
}
