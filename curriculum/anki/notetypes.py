"""Note types, decks and settings of a collection: from JSON (schema 11), or from tables with messages (schema 18)."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from curriculum.anki import drafts, wire
from curriculum.anki.database import Collection, octets, text, whole
from curriculum.anki.limits import MOST_TYPES, broken, too_much
from curriculum.anki.package import Notetype, Template

NEWEST_SCHEMA = 18
CLOZE, OCCLUSION = 1, 6  # Notetype.Config: kind (field 1), original stock kind (field 9)
KIND_FIELD, CSS_FIELD, STOCK_FIELD = 1, 3, 9
FRONT_FIELD, BACK_FIELD = 1, 2  # of Template.Config
FILTERED_FIELD = 2  # of Deck.KindContainer
ROLLOVER = 4  # hour, where the collection says nothing
LATEST_SECOND = 1 << 32  # of a collection's making; in 2106
DAY_MINUTES = 24 * 60


@dataclass(slots=True)
class Frame:
    """What notes and cards refer to."""

    created_at: int
    rollover: int
    west: int | None
    recipes: dict[int, drafts.Recipe]
    notetypes: dict[int, Notetype]
    decks: dict[int, str]  # id -> path
    filtered: int  # filtered decks
    settings: int  # deck settings besides the standard ones
    scripted: int  # note types with a script of their own


def read(collection: Collection) -> Frame:
    found = list(collection.rows("col", ("crt", "ver", "conf", "models", "decks", "dconf"), 1))
    if not found:
        raise broken("its database says nothing of the collection")
    created, version, conf, models, decks, dconf = found[0]
    if whole(version) > NEWEST_SCHEMA:
        raise broken(f"it was made by a newer Anki (schema {whole(version)}) than we know")
    if collection.is_newer:
        settings = _newer_settings(collection)
        types = _newer_types(collection)
        paths, filtered = _newer_decks(collection)
        choices = sum(1 for _ in collection.rows("deck_config", ("id",), MOST_TYPES))
    else:
        settings = _object(conf)
        types = _older_types(_object(models))
        paths, filtered = _older_decks(_object(decks))
        choices = len(_object(dconf))
    rollover = settings.get("rollover")
    west = settings.get("creationOffset")
    recipes = {one.id: drafts.recipe(one, is_occlusion=stock == OCCLUSION) for one, stock in types}
    return Frame(
        created_at=_moment(created),
        rollover=rollover if isinstance(rollover, int) and 0 <= rollover < 24 else ROLLOVER,
        west=west if isinstance(west, int) and abs(west) < DAY_MINUTES else None,
        recipes=recipes,
        notetypes={
            one.id: Notetype(one.id, one.name, one.is_cloze, one.fields, one.templates, recipes[one.id].becomes)
            for one, _ in types
        },
        decks=paths,
        filtered=filtered,
        settings=max(0, choices - 1),
        scripted=sum(1 for one, _ in types if any("<script" in (side.front + side.back) for side in one.templates)),
    )


def _moment(value: Any) -> int:
    if not 0 <= whole(value) < LATEST_SECOND:
        raise broken("the day of its making is impossible")
    return whole(value)


def _object(value: Any) -> dict[str, Any]:
    """A JSON object of the table `col`."""
    try:
        found = json.loads(text(value).replace("\\u0000", "") or "{}")
    except (ValueError, RecursionError):
        raise broken("a setting in its database cannot be read") from None
    if not isinstance(found, dict):
        raise broken("a setting in its database cannot be read")
    if len(found) > MOST_TYPES:
        raise too_much("it has too many note types, decks or settings")
    return found


# Schema 11


def _older_types(models: dict[str, Any]) -> list[tuple[Notetype, int]]:
    found = []
    for key, one in models.items():
        try:
            fields = [str(field["name"]) for field in sorted(one["flds"], key=lambda field: int(field["ord"]))]
            templates = sorted(one["tmpls"], key=lambda template: int(template["ord"]))
            notetype = _notetype(
                int(key),
                str(one["name"]),
                one.get("type") == CLOZE,
                fields,
                [Template(str(each["name"]), str(each["qfmt"]), str(each["afmt"])) for each in templates],
            )
            found.append((notetype, _small(one.get("originalStockKind"))))
        except (KeyError, TypeError, ValueError, AttributeError):
            raise broken("a note type in it cannot be read") from None
    return found


def _older_decks(decks: dict[str, Any]) -> tuple[dict[int, str], int]:
    try:
        paths = {int(key): str(deck["name"]) for key, deck in decks.items()}
        return paths, sum(1 for deck in decks.values() if deck.get("dyn"))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise broken("a deck in it cannot be read") from None


def _small(value: Any) -> int:
    return value if isinstance(value, int) else 0


# Schema 18


def _newer_settings(collection: Collection) -> dict[str, Any]:
    found = {}
    for key, value in collection.rows("config", ("KEY", "val"), MOST_TYPES):
        if text(key) in ("rollover", "creationOffset"):
            try:
                found[text(key)] = json.loads(octets(value))
            except (ValueError, RecursionError):
                raise broken("a setting in its database cannot be read") from None
    return found


def _newer_types(collection: Collection) -> list[tuple[Notetype, int]]:
    fields: dict[int, list[str]] = {}
    templates: dict[int, list[Template]] = {}
    try:
        for owner, _, name in collection.rows("fields", ("ntid", "ord", "name"), MOST_TYPES, "ntid, ord"):
            fields.setdefault(whole(owner), []).append(text(name))
        columns = ("ntid", "ord", "name", "config")
        for owner, _, name, config in collection.rows("templates", columns, MOST_TYPES, "ntid, ord"):
            front, back = (wire.text(octets(config), number) for number in (FRONT_FIELD, BACK_FIELD))
            templates.setdefault(whole(owner), []).append(Template(text(name), front, back))
        found = []
        for key, name, config in collection.rows("notetypes", ("id", "name", "config"), MOST_TYPES):
            is_cloze = wire.number(octets(config), KIND_FIELD) == CLOZE
            id = whole(key)
            notetype = _notetype(id, text(name), is_cloze, fields.get(id, []), templates.get(id, []))
            found.append((notetype, wire.number(octets(config), STOCK_FIELD)))
        return found
    except wire.Malformed:
        raise broken("a note type in it cannot be read") from None


def _newer_decks(collection: Collection) -> tuple[dict[int, str], int]:
    paths, filtered = {}, 0
    try:
        for key, name, kind in collection.rows("decks", ("id", "name", "kind"), MOST_TYPES):
            paths[whole(key)] = text(name).replace("\x1f", "::")
            filtered += any(number == FILTERED_FIELD for number, _ in wire.fields(octets(kind)))
        return paths, filtered
    except wire.Malformed:
        raise broken("a deck in it cannot be read") from None


def _notetype(id: int, name: str, is_cloze: bool, fields: Iterable[str], templates: Iterable[Template]) -> Notetype:
    fields, templates = tuple(fields), tuple(templates)
    if not fields or not templates or len(fields) > MOST_TYPES or len(templates) > MOST_TYPES:
        raise broken("a note type in it has no fields or no templates")
    return Notetype(id, name, is_cloze, fields, templates, "")
