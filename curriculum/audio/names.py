"""Names of keys and of how sure a guess is: known without the packages that measure."""

NAMES = {
    "major": ("C", "D♭", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B"),
    "minor": ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "G♯", "A", "B♭", "B"),
}
KEYS = tuple(f"{name} {mode}" for mode, names in NAMES.items() for name in names)


def sureness(confidence: float) -> str:
    """How a guess is to be taken. confidence: 0 to 1."""
    if confidence >= 0.6:
        return "likely"
    return "maybe" if confidence >= 0.25 else "hardly more than chance"
