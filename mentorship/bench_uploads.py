"""`python3 app.py bench-uploads`: what a request that uploads costs, and that it does not wait for the meter.

A site of its own; the same person sends a word of text and four minutes of stereo, turn about. Then the measuring that
the large one asked for is done, and its time stands beside.
"""

import io
import resource
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from flask.cli import ScriptInfo, pass_script_info

from core import clock, work
from core.ids import uuid7
from curriculum.bench import site as sites
from curriculum.bench.site import SHIPPED, Make

SECONDS = 240  # of stereo at 44.1 kHz, 16 bits: 42 MB
MOST_METER_CPU = 7.0  # seconds


@dataclass(frozen=True, slots=True)
class Found:
    small: list[float]  # seconds on the clock of a request with a few words
    large: list[float]  # and of one with the sound
    looks: list[float]  # processor seconds of the child that looks at it
    meter: float  # processor seconds that the measuring of the sound took afterwards
    state: str  # what the page said of the sound when the request was answered
    octets: int


@click.command()
@click.option("--rounds", type=click.IntRange(1), default=5, help="How often each is sent (5).")
@click.option("--quick", is_flag=True, help="Only see that it runs: two seconds of sound; the figures say nothing.")
@pass_script_info
def command(script: ScriptInfo, rounds: int, quick: bool) -> None:
    """Measure what a request that uploads costs: it never waits for the meter."""
    assert script.create_app is not None
    with tempfile.TemporaryDirectory(prefix="woodshed-bench-") as room:
        found = measure(script.create_app, Path(room), 2 if quick else SECONDS, rounds)
    for line in report(found):
        click.echo(line)


def measure(make: Make, room: Path, seconds: float, rounds: int) -> Found:
    sound, small, large, looks = music(seconds), [], [], []
    with sites.made(make, sites.make_site(room / "data", SHIPPED)) as app:
        with app.extensions["database"].writing() as db:
            person = sites.sign_up(db, 0, at=clock.now())
        client, guard = sites.browser_of(app, person)

        def send(octets: bytes, name: str) -> tuple[float, Any]:
            form = {"csrf_token": guard, "op": str(uuid7()), "title": "Bench", "file": (io.BytesIO(octets), name)}
            began = time.perf_counter()
            answer = client.post("/portfolio/pieces", data=form)
            spent = time.perf_counter() - began
            if answer.status_code != 303:
                raise click.ClickException(f"the upload gave {answer.status_code}: {answer.text[:200]}")
            return spent, answer

        state = ""
        for number in range(rounds):
            small.append(send(f"words {number}".encode(), "words.txt")[0])
            before = _children()
            spent, answer = send(sound + number.to_bytes(2, "little"), "mix.wav")
            large.append(spent)
            looks.append(_children() - before)
            state = "waits" if "Waiting for its turn" in client.get(answer.location).text else "is not waiting"
        before = _children()
        if not work.run_next(app):
            raise click.ClickException("nothing was to be measured")
        meter = _children() - before
    return Found(small, large, looks, meter, state, len(sound))


def _children() -> float:
    """Processor seconds of all children so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def music(seconds: float) -> bytes:
    """Stereo with something in it at all times: chords, a pulse and noise, from a seed."""
    import numpy
    import soundfile

    dice = numpy.random.default_rng(1)
    t = numpy.arange(int(seconds * 44_100)) / 44_100
    tone = sum(numpy.sin(2 * numpy.pi * pitch * t) for pitch in (110, 220, 277.2, 329.6)) * 0.08
    pulse = numpy.exp(-(t % 0.5) * 30) * 0.4 * numpy.sin(2 * numpy.pi * 60 * t)
    both = numpy.stack([tone + pulse, tone * 0.8 + pulse], 1) + dice.normal(0, 0.01, (len(t), 2))
    file = io.BytesIO()
    soundfile.write(file, both, 44_100, "PCM_16", format="WAV")
    return file.getvalue()


def report(found: Found) -> Iterator[str]:
    small, large = statistics.median(found.small), statistics.median(found.large)
    yield f"{'a request with':34}{'clock (median)':>15}"
    yield f"{'a few words':34}{small * 1000:>12.0f} ms"
    yield f"{f'a sound of {found.octets / 1e6:.0f} MB':34}{large * 1000:>12.0f} ms"
    yield f"{'  of it the look at it, CPU':34}{statistics.median(found.looks) * 1000:>12.0f} ms"
    wanted = f"(at most {MOST_METER_CPU:.0f} s for four minutes: {_word(found.meter <= MOST_METER_CPU)})"
    yield f"{'the meter afterwards, CPU':34}{found.meter * 1000:>12.0f} ms   {wanted}"
    yield f"when the request was answered the sound {found.state} for the meter ({_word(found.state == 'waits')})"


def _word(is_met: bool) -> str:
    return "as wanted" if is_met else "NOT MET"
