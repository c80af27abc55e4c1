"""What a picture of a card costs when nobody has seen it yet: from ABC to cleaned SVG with its words."""

import time

MOST_CPU = 10.0  # ms
SOURCES = {
    "one note": "L:1/4\nK:C\nG|]",
    "two bars with chords": 'M:4/4\nL:1/8\nK:Eb\n"Cm7"[CEGB]2 e>d (3cBA G2|"F7"[FAce]4 z2 =A2|]',
    "two staves": "M:3/4\nL:1/4\nK:D\nV:1 clef=treble\nd f a|[df]3|]\nV:2 clef=bass\nD, A, D|D,3|]",
    "a drum bar": "M:4/4\nL:1/8\nK:none clef=perc\n[F!x!g]!x!g [c!x!g]!x!g [F!x!g][F!x!g] [c!x!g]!x!g|]",
}
EACH = 5  # of each in a round


def measure(rounds: int) -> dict[str, list[float]]:
    """Milliseconds of processor time, turn about; nothing is kept from one to the next."""
    from curriculum.pictures import abc, notation

    raw: dict[str, list[float]] = {name: [] for name in SOURCES}
    notation.svg(SOURCES["one note"])  # the first one loads the engraver
    for _ in range(rounds * EACH):
        for name, source in SOURCES.items():
            began = time.process_time()
            notation.engrave(abc.read(source))
            raw[name].append((time.process_time() - began) * 1000)
    return raw
