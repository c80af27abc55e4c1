"""What a card's sound costs: from the spec to a FLAC file, and asked for once more."""

import time
from pathlib import Path
from typing import Any

from curriculum.bench import site as sites
from curriculum.bench.site import SHIPPED, Make
from curriculum.ear.takes import Take
from curriculum.synth import spec
from curriculum.synth.fields import KINDS
from curriculum.synth.spec import Spec

MOST_CPU, MOST_CPU_OF_REVERB, MOST_CPU_AGAIN = 60.0, 150.0, 2.0  # ms
AGAIN = "made before, a whole request"
EACH = 5  # sounds of a kind in a round


def measure(rounds: int) -> dict[str, list[float]]:
    """Milliseconds of processor time for each kind, turn about; those with a side B as the pair that a card plays."""
    from curriculum.synth import render

    raw: dict[str, list[float]] = {}
    for number in range(-1, rounds * EACH):
        for kind in KINDS:
            name, asked = _asked(kind, number)
            began = time.process_time()
            samples = [render.pcm(asked[0])] if len(asked) == 1 else render.pair(*asked)
            for one in samples:
                render.encoded(one, asked[0]["rate"], "flac")
            if number >= 0:  # the first one loads what all of them need
                raw.setdefault(name, []).append((time.process_time() - began) * 1000)
    return raw


def measure_again(make: Make, folder: Path, rounds: int) -> dict[str, list[float]]:
    """Milliseconds of processor time of a request for a sound that was made before."""
    times = []
    with sites.made(make, sites.make_site(folder / "sounds", SHIPPED)) as app:
        name = app.extensions["takes"].keep(Take(spec.read({"kind": "interval"})))
        client = app.test_client()
        for number in range(-1, rounds * EACH):
            began = time.process_time()
            answer = client.get(f"/sound/{name}.flac")
            assert answer.status_code == 200 and answer.data
            if number >= 0:  # the first one makes it
                times.append((time.process_time() - began) * 1000)
    return {AGAIN: times}


def most(name: str) -> float:
    """Milliseconds that a sound may take."""
    if name == AGAIN:
        return MOST_CPU_AGAIN
    return MOST_CPU_OF_REVERB if name.endswith("reverb") else MOST_CPU


def _asked(kind: str, number: int) -> tuple[str, tuple[Spec] | tuple[Spec, Spec]]:
    given: dict[str, Any] = {"kind": kind, "noise_seed": number + 1}
    if "source" in KINDS[kind]:
        sources = KINDS[kind]["source"].options  # type: ignore[attr-defined]
        given["source"] = sources[number % len(sources)]
    with_it = spec.read(spec.drawn(given, number))
    if "on" not in with_it:
        return kind, (with_it,)
    return f"pair of {kind}", (with_it, {**with_it, "on": False})
