"""A small content folder in which all is well, for tests to break."""

from pathlib import Path

CURRICULUM = """title = "Small"
daws = ["Reaper", "Another one"]

[[tracks]]
name = "daw"
prefix = "daw-"
folder = "daw"
title = "DAW basics"
summary = "record and edit"
lessons = [
  { slug = "daw-path", title = "The path", minutes = 40, prerequisites = [] },
  { slug = "daw-midi", title = "MIDI: notes", minutes = 35, prerequisites = ["daw-path"] },
  { slug = "daw-beat", title = "A beat", minutes = 45, prerequisites = ["daw-midi"] },
]

[[tracks]]
name = "contracts"
prefix = "con-"
folder = "contracts"
title = "Contracts"
summary = "who owns what"
lessons = [
  { slug = "con-split", title = "Split sheets", minutes = 40, prerequisites = [] },
]
"""

LESSON = """---
slug: {slug}
title: {title}
track: daw
prerequisites: [{wanted}]
objectives:
  - Name each stage.
minutes: 40
milestones: [first-beat]
reviewed: 2026-11-22
check_by: 2027-11-22
jurisdictions: [general]
---

## Recall first

??? question "Which plug is balanced?"
    The TRS.

## Why it matters

A cable was broken. See [the beat](lesson:daw-beat) and [M1](milestone:first-beat).

## What you will be able to do

- Name each stage.

## The idea

The [preamp](glossary:preamp) makes it loud.[^1]

![Boxes joined by arrows](path.svg)

## Worked example

| stage | level |
| --- | ---: |
| mic | 2 |

## Pitfalls

- Line into mic.

## Exercise

- [ ] Draw the path.
- [ ] Play a sound.

=== "Reaper"
    Arm a track.

=== "Another one"
    Look for a meter.

## Check

??? question "Who is loud?"
    The drummer.

## Cards

/// card | id: {first}, type: basic, tags: levels path
Which stage turns a signal into numbers?
---
The converter.
---
It sits behind the preamp.
///

/// card | id: {second}, type: cloze
Pin {{{{1:2|a number}}}} is hot, pin {{{{2:3}}}} is cold.
///

/// card | id: {third}, type: typed, source: A book, checked: 2026-11-22, country: US
Name the note above F.
---
F sharp | G♭
///

## Milestone

It serves the first beat.

## Sources

[^1]: A book. Read 2026-11-22.
"""

MILESTONE = """---
number: {number}
slug: {slug}
title: A milestone
phase: Make
week: {number}
after: [{after}]
lessons: [daw-path, daw-beat]
evidence:
  - {{ id: beat, kind: audio, title: "A beat" }}
targets:
  - {{ id: length, title: "60-90 s" }}
rubric:
  1: A loop.
  2: Some change.
  3: A whole piece.
  4: More of it, please.
---

What this is for.
"""

PROGRAMME = """slug = "short"
title = "A short one"
summary = "Two weeks."
hours_a_week = "3"
mentored = true

[[weeks]]
week = 1
lessons = ["daw-path"]
milestones = []
note = ""

[[weeks]]
week = 2
lessons = ["daw-midi", "daw-beat"]
milestones = ["first-beat"]
note = "Rest a little."
"""

PATHWAYS = """[[pathways]]
slug = "beats"
title = "Beats"
short = "Beats"
summary = "For singers."

[[pathways.wants]]
slug = "beat"
title = "A beat"
count = 2
hint = "With room."

[[pathways.wants]]
slug = "kit"
title = "A kit"
count = 1
hint = "Your own."
"""

GLOSSARY = """# Glossary

## Preamp

Makes a weak signal stronger. See [the path](lesson:daw-path).

## Audio interface

Holds converters.
"""

PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>\n'

PATH, MIDI = "content/daw/01-path.md", "content/daw/02-midi.md"
TOML = "content/curriculum.toml"
FIRST_BEAT, PLAN = "content/milestones/m01-first-beat.md", "content/milestones/m02-plan.md"
SHORT = "content/programmes/short.toml"
WAYS = "content/pathways.toml"
WORDS = "content/glossary.md"

FILES = {
    TOML: CURRICULUM,
    PATH: LESSON.format(slug="daw-path", title="The path", wanted="", first="aaaaaa", second="bbbbbb", third="cccccc"),
    MIDI: LESSON.format(
        slug="daw-midi", title='"MIDI: notes"', wanted="daw-path", first="dddddd", second="eeeeee", third="ffffff"
    ),
    "content/daw/path.svg": PICTURE,
    FIRST_BEAT: MILESTONE.format(number=1, slug="first-beat", after=""),
    PLAN: MILESTONE.format(number=2, slug="plan", after="first-beat"),
    SHORT: PROGRAMME,
    WAYS: PATHWAYS,
    WORDS: GLOSSARY,
}


def write_content(root: Path) -> Path:
    """Writes all files below root and returns the content folder."""
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root / "content"


def edit(root: Path, name: str, old: str, new: str) -> str:
    """Replaces the first occurrence in a file, and returns the file's new text."""
    path = root / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path.read_text(encoding="utf-8")


def line_of(text: str, mark: str) -> int:
    """The number of the first line that holds the mark."""
    return text[: text.index(mark)].count("\n") + 1
