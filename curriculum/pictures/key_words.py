"""Keys of the piano in words: by name, or by their place among the black ones, where the name is what is asked."""

SPELLED = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
BLACK = frozenset({1, 3, 6, 8, 10})
PLACES = (
    "the white key left of the two black ones", "the left of the two black keys",
    "the white key between the two black ones", "the right of the two black keys",
    "the white key right of the two black ones", "the white key left of the three black ones",
    "the left of the three black keys", "the white key between the first and second of the three black ones",
    "the middle one of the three black keys", "the white key between the second and third of the three black ones",
    "the right of the three black keys", "the white key right of the three black ones",
)  # fmt: skip
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


def name(key: int) -> str:
    """key: MIDI. In the usual spelling: C♯, E♭, F♯, A♭, B♭."""
    return f"{SPELLED[key % 12]}{key // 12 - 1}"


def aloud(spelled: str) -> str:
    """ "F♯3" as "F sharp 3", which every screen reader says."""
    spelled, blank, more = spelled.partition(" ")
    letter, signs, octave = spelled[0], spelled[1:].rstrip("0123456789"), spelled.lstrip("ABCDEFG♯♭")
    kind = {"♯": " sharp", "♭": " flat", "♯♯": " double sharp", "♭♭": " double flat"}.get(signs, "")
    return f"{letter}{kind}{' ' if kind and octave else ''}{octave}{blank}{more}"


def is_black(key: int) -> bool:
    return key % 12 in BLACK


def place(key: int, lowest: int) -> str:
    """lowest: the first key that is shown; octaves are counted from its C."""
    number = key // 12 - lowest // 12
    return f"{PLACES[key % 12]} in the {ORDINALS[number]} octave"


def listed(parts: list[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
