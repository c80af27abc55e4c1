"""The command render: any sound that a card can ask for, as a file for its author's ears."""

import json
import math
from pathlib import Path
from typing import Any

import click

from core.errors import Refused
from core.words import clock_time
from curriculum.synth import fields, spec

MOST_BYTES = 100_000  # of a spec


def show_fields(context: click.Context, option: click.Parameter, kind: str | None) -> None:
    """What a kind takes, and no more is done."""
    if kind is None:
        return
    for line in table(kind):
        click.echo(line)
    context.exit()


@click.command()
@click.argument("source", metavar="SPEC.json", type=click.Path(path_type=Path))
@click.argument("out", metavar="OUT.wav", type=click.Path(path_type=Path))
@click.option("--seed", type=int, help="Draw what the spec leaves open: root or tonic, timbre, noise.")
@click.option(
    "--fields",
    type=click.Choice(list(fields.KINDS)),
    is_eager=True,
    expose_value=False,
    callback=show_fields,
    help="Only list the fields of a kind, with ranges and defaults.",
)
def render(source: Path, out: Path, seed: int | None) -> None:
    """Make the sound of SPEC.json, 16 bits without loss: OUT may end in .wav or .flac."""
    if out.suffix.lower() not in (".wav", ".flac"):
        raise Refused(f"{out.name} does not say how it is to be kept. End its name in .wav or .flac.")
    raw = read(source)
    asked = spec.read(raw if seed is None else spec.drawn(raw, seed))
    from curriculum.synth import levels, render

    samples = render.pcm(asked)
    try:
        render.write(samples, asked["rate"], out)
    except OSError as fault:
        raise Refused(f"{out} cannot be written: {(fault.strerror or str(fault)).lower()}. Check its folder.") from None
    loud, peak = levels.loudness(samples, asked["rate"]), float(abs(samples).max())
    level = f"{loud:.1f} LUFS, peak {20 * math.log10(peak):.1f} dBFS" if peak else "silent"
    click.echo(spec.canonical(asked))
    click.echo(f"{out.name}: {clock_time(len(samples) / asked['rate'])}, {level.replace('-', '−')}")


def read(source: Path) -> Any:
    try:
        text = source.read_bytes()[: MOST_BYTES + 1]
    except OSError as fault:
        raise Refused(f"{source} cannot be opened: {(fault.strerror or str(fault)).lower()}. Check its name.") from None
    if len(text) > MOST_BYTES:
        raise Refused(f"{source} has more than {MOST_BYTES // 1000} kB. A spec is a few lines of JSON.")
    try:
        return json.loads(text, object_pairs_hook=_each_once)
    except (UnicodeDecodeError, RecursionError):
        raise Refused(f"{source} is not JSON in UTF-8. Save it as plain text.") from None
    except json.JSONDecodeError as fault:
        raise Refused(f"{source}, line {fault.lineno}: this is not JSON ({fault.msg.lower()}).") from None


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise Refused(f"`{name}` stands twice. Leave one of them out.", field=name)
    return dict(pairs)


def table(kind: str) -> list[str]:
    """The fields of a kind: name, range and unit, what it means, default."""
    rows = [(name, *_described(field)) for name, field in fields.KINDS[kind].items()]
    if kind == "eq":
        rows += [(f"  {name}", *_described(field)) for name, field in fields.BAND.items()]
    wide = max(len(name) for name, *_ in rows)
    return [f"{name:<{wide}}  {'; '.join(words)}" for name, *words in rows]


def _described(field: fields.Field) -> list[str]:
    words = [field.range_words(), *([field.meaning] if field.meaning else [])]
    if field.default is None:
        return [*words, *(["default none"] if field.may_be_none else [])]
    return [*words, f"default {field.default if isinstance(field, fields.Word) else json.dumps(field.default)}"]
