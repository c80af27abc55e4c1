"""Run with the Python that has Anki's engine: makes, imports and exports packages, and prints what it saw as JSON.

anki_script.py build FOLDER           new.apkg, legacy.apkg and old.apkg of one collection
anki_script.py pass IN OUT new|legacy import IN twice, then export all of it to OUT
"""

import json
import os
import shutil
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anki.lang

anki.lang.set_lang("en")
from anki.collection import (  # noqa: E402
    Collection,
    ExportAnkiPackageOptions,
    ImportAnkiPackageOptions,
    ImportAnkiPackageRequest,
)

DECK = "Studio::Low end"
FIRST = 'Name <b>this</b> <img src="a picture.png">'
PICTURE, SOUND = b"\x89PNG\r\n\x1a\n" + b"pixels" * 200, b"ID3" + bytes(range(256)) * 8
CUSTOM_FRONT = (
    "{{#Hint}}With: {{text:Hint}} {{/Hint}}{{^Hint}}Without {{/Hint}}<b>{{Word}}</b>{{hint:Extra}}{{tts en_US:Word}}"
    "<script>alert(1)</script>"
)
CUSTOM_BACK = "{{FrontSide}}<hr id=answer>{{Meaning}} {{kanji:Reading}} {{kana:Reading}} {{Deck}} {{Tags}}"


def build(folder):
    """Cards of all stock types and one of our own, in every state, with media, tags, a log and FSRS."""
    col = Collection(os.path.join(folder, "made.anki2"))
    col.set_config("fsrs", True)
    _media(col, folder)
    deck, other = col.decks.id(DECK), col.decks.id("Other")
    notes = [
        _add(
            col,
            "Basic",
            deck,
            ['Name <b>this</b> <img src="a picture.png">', "[sound:kick.mp3] a kick"],
            ["eq", "low::end"],
        ),
        _add(col, "Basic (and reversed card)", deck, ["dB", "decibel"], []),
        _add(col, "Basic (type in the answer)", deck, ["1 kHz has a period of", "1 ms"], ["time"]),
        _add(col, "Cloze", deck, ["A {{c1::fifth}} has {{c2::seven::number}} semitones", "more"], ["theory"]),
        _add(col, "Image Occlusion", deck, ["{{c1::image-occlusion:rect:left=.1}}", "x", "", "", ""], []),
        _add(col, "Basic (optional reversed card)", other, ["one", "two", "y"], ["ö ü".replace(" ", "_")]),
        _add(col, "Basic", other, ["suspended", "yes"], []),
        _add(col, "Basic", other, ["buried", "yes"], []),
        _add(col, "Basic", other, ["never seen", "new"], []),
        _add(col, _custom(col), other, ["音", "", "sound", "extra &amp; more", " 音[おと]"], ["a", "b"]),
        _add(col, "Cloze", other, ["Nested {{c1::a {{c2::b}} c}} and {{c3::\\(x|y\\)}}", ""], []),
    ]
    col.decks.select(deck)
    for ease in (4, 3, 1, 2, 3):
        _answer(col, ease)
    col.decks.select(other)
    for ease in (4, 4, 3):
        _answer(col, ease)
    col.sched.suspend_cards(notes[6].card_ids())
    col.sched.bury_cards(notes[7].card_ids())
    card = col.get_card(notes[8].card_ids()[0])
    card.set_user_flag(2)
    col.update_card(card)
    for name, is_legacy in (("new", False), ("legacy", True)):
        export(col, os.path.join(folder, f"{name}.apkg"), is_legacy)
    _as_old(os.path.join(folder, "legacy.apkg"), os.path.join(folder, "old.apkg"))
    seen = look(col)
    col.close()
    return seen


def _media(col, folder):
    for name, octets in (("a picture.png", PICTURE), ("kick.mp3", SOUND)):
        path = os.path.join(folder, name)
        Path(path).write_bytes(octets)
        col.media.add_file(path)


def _custom(col):
    kind = col.models.new("Own words")
    for name in ("Word", "Hint", "Meaning", "Extra", "Reading"):
        col.models.add_field(kind, col.models.new_field(name))
    template = col.models.new_template("Card 1")
    template["qfmt"], template["afmt"] = CUSTOM_FRONT, CUSTOM_BACK
    col.models.add_template(kind, template)
    col.models.add(kind)
    return "Own words"


def _add(col, kind, deck, fields, tags):
    note = col.new_note(col.models.by_name(kind))
    note.fields = fields
    note.tags = tags
    col.add_note(note, deck)
    return note


def _answer(col, ease):
    card = col.sched.getCard()
    card.start_timer()
    col.sched.answerCard(card, ease)


def _as_old(package, path):
    """The oldest variant: collection.anki2 alone, as Anki 2.0 wrote it."""
    with zipfile.ZipFile(package) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name in source.namelist():
            if name not in ("meta", "collection.anki2"):
                out.writestr("collection.anki2" if name == "collection.anki21" else name, source.read(name))


def export(col, path, is_legacy):
    options = ExportAnkiPackageOptions(with_scheduling=True, with_deck_configs=False, with_media=True, legacy=is_legacy)
    col.export_anki_package(out_path=path, options=options, limit=None)


def take(col, path):
    options = ImportAnkiPackageOptions(merge_notetypes=False, with_scheduling=True, with_deck_configs=False)
    log = col.import_anki_package(ImportAnkiPackageRequest(package_path=path, options=options)).log
    return {"new": len(log.new), "updated": len(log.updated), "same": len(log.duplicate), "odd": len(log.conflicting)}


def passed(source, path, variant):
    with tempfile.TemporaryDirectory() as folder:
        col = Collection(os.path.join(folder, "fresh.anki2"))
        first = take(col, source)
        once = look(col)
        second = take(col, source)
        twice = look(col)
        found, is_sound = col.fix_integrity()
        export(col, path, variant == "legacy")
        col.close()
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
    return {"first": first, "once": once, "second": second, "twice": twice, "is_sound": is_sound, "found": found}


def look(col):
    """All of it, by guid and card number; due days as ordinals."""
    media = Path(col.media.dir())
    return {
        "notes": {note.guid: _note(col, note) for note in map(col.get_note, col.find_notes(""))},
        "cards": [_card(col, col.get_card(one)) for one in col.find_cards("", order="c.nid, c.ord")],
        "media": {path.name: path.stat().st_size for path in media.iterdir()},
        "created": col.db.scalar("select crt from col"),
    }


def _note(col, note):
    return {"type": note.note_type()["name"], "fields": note.fields, "tags": note.tags, "changed": note.mod}


def _card(col, card):
    memory = card.memory_state
    log = col.db.all("select id, ease, ivl, lastIvl, factor, time, type from revlog where cid=? order by id", card.id)
    today = (datetime.fromtimestamp(time.time(), UTC) - timedelta(hours=4)).toordinal()
    by_day = card.type in (2, 3) and card.due < 1_000_000
    return {
        "guid": card.note().guid,
        "ord": card.ord,
        "deck": col.decks.name(card.did),
        "type": card.type,
        "queue": card.queue,
        "due": card.due,
        "due_day": today + card.due - col.sched.today if by_day else None,
        "interval": card.ivl,
        "factor": card.factor,
        "reps": card.reps,
        "lapses": card.lapses,
        "flag": card.user_flag(),
        "memory": [memory.stability, memory.difficulty] if memory else None,
        "reviews": log,
        "front": card.question(),
        "back": card.answer(),
    }


COMMANDS: dict[str, Callable[..., object]] = {"build": build, "pass": passed}

if __name__ == "__main__":
    print(json.dumps(COMMANDS[sys.argv[1]](*sys.argv[2:])))
