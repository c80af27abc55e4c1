"""Comparing what was typed with what is accepted."""

import re
import unicodedata

# After folding: a single note letter, its accidental, and what may follow in a note or a chord name.
AFTER = r"(?=$|[^a-z]|m(?![a-z])|maj|min|dim|aug|sus|add)"
SHARP = re.compile(rf"(?<![a-z])([a-g])(?:\s*[#♯]|[\s-]*sharp{AFTER})")
FLAT = re.compile(rf"(?<![a-z])([a-g])(?:\s*♭|b{AFTER}|[\s-]*flat{AFTER})")
SAME = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "−": "-", "–": "-", "‐": "-", "‑": "-"})
SPACE = re.compile(r"(?<!\d)\s+|\s+(?!\d)")  # but not the one between two digits


def compare_typed(given: str, accepted: str) -> bool:
    """Whether the two say the same, but for case, accents, spaces, hyphens between letters and a full stop at the end.

    After a note letter "#", "♯" and "sharp" are one, and "b", "♭" and "flat" are one. Nothing typed is never right.
    """
    typed = _folded(given)
    return bool(typed) and typed == _folded(accepted)


def _folded(text: str) -> str:
    parts = unicodedata.normalize("NFD", text.translate(SAME).casefold())
    bare = "".join(part for part in parts if not unicodedata.combining(part)).strip().rstrip(". ")
    bare = FLAT.sub(r"\1♭", SHARP.sub(r"\1♯", bare))
    bare = re.sub(r"(?<=[^\W\d])-(?=[^\W\d])", " ", bare)
    return SPACE.sub("", bare)
