"""Cards as a table: whatever program wrote it, what columns mean, rows with mistakes, formulas."""

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from core.errors import Refused, TooLarge
from curriculum import exports, own_cards, replay
from curriculum.cards import Aside
from curriculum.imports import sheet, tables
from curriculum.models import Memory, OwnCard
from tests.times import HOUR, MONDAY

HEADED = "Front;Back;Tags\nWhat is 0 dBFS?;The loudest sample.;level\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_out(delimiter):
    rows = [delimiter.join(cells) for cells in (("a, b", "c", "d"), ("e", "f; g", "h"))]
    text = (
        "\n".join(rows)
        .replace(f"a, b{delimiter}", f'"a, b"{delimiter}')
        .replace(f"f; g{delimiter}", f'"f; g"{delimiter}')
    )

    assert tables.read(text.encode()).rows == (("a, b", "c", "d"), ("e", "f; g", "h"))


@pytest.mark.parametrize(
    ("octets", "word"),
    [
        ("Größe,♯".encode(), ""),
        ("Größe,♯".encode("utf-8-sig"), ""),
        ("Größe,♯".encode("utf-16"), "UTF-16"),
        ("Größe,x".encode("latin-1"), "Latin-1"),
    ],
)
def test_every_encoding_is_read_and_said(octets, word):
    table = tables.read(octets)

    assert table.rows[0][0] == "Größe"
    assert word in table.note


def test_a_heading_says_what_the_columns_are():
    table = tables.read(HEADED.encode())

    assert (table.has_heading, table.mapping, len(table.rows)) == (True, ("question", "answer", "tags"), 1)


def test_without_a_heading_the_order_says_it():
    table = tables.read(b"What?,That.,Because.,a b,basic,more\n")

    assert (table.has_heading, table.mapping) == (False, ("question", "answer", "note", "tags", "type", ""))


@pytest.mark.parametrize(
    ("octets", "kind"),
    [
        (b"", Refused),
        (b"\n \n", Refused),
        (b"PK\3\4\0\0", Refused),
        (b"\xff\xfea", Refused),
        (b"a\n" * (tables.MOST_ROWS + 2), TooLarge),
        (b"x" * 30_000, Refused),
        (b",".join([b"a"] * 60), Refused),
        (b'"' + b"a" * 200_000, Refused),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(octets, kind):
    with pytest.raises(kind) as refused:
        tables.read(octets)

    assert refused.value.text.endswith(".")


CELLS = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=20).map(str.strip)


@given(st.lists(st.tuples(CELLS.filter(bool), CELLS, CELLS, CELLS, CELLS), min_size=1, max_size=5))
def test_what_goes_out_comes_back(rows):
    text = "".join(tables.written(rows))

    read = tables.read(text.encode(), has_heading=True)

    assert list(read.rows) == rows
    assert read.mapping == tables.COLUMNS


@pytest.mark.parametrize("cell", ["=1+1", "+49", "-3 dB", "@SUM(A1)", "'=x", "''-y"])
def test_no_spreadsheet_takes_a_card_for_a_formula(cell):
    line = list(tables.written([(cell, "", "", "", "")]))[1]

    assert not line.lstrip('"').startswith(("=", "+", "-", "@"))
    assert tables.unguarded(tables.guarded(cell)) == cell


# -- into the cards ------------------------------------------------------------------------------------------


def bring(base: Any, user_id: Any, path: Path, text: str, *, at: Any = MONDAY) -> dict[str, Any]:
    path.write_text(text, "utf-8")
    look = sheet.look(path)
    found = sheet.read(path, look["mapping"], has_heading=look["has_heading"], tell=lambda *_: None)
    return sheet.bring(base, user_id, found, lambda *_: None, lambda *_: None, at=at)


@pytest.fixture
def brought(base, db: Session, ada, tmp_path):
    """`brought(text)`: Ada brings this table in."""
    user_id = ada.id

    def bring_in(text: str, **more: Any) -> dict[str, Any]:
        db.rollback()  # a look at Ada may have taken the pen
        return bring(base, user_id, tmp_path / "cards.csv", text, **more)

    return bring_in


def test_each_row_is_a_card(brought, fresh_db, ada):
    said = brought(
        "question,answer,note,tags,type\nQ?,A.,N,x y,\nA {{gap}} here,,,,\n"
        "How much?,12 dB | 12dB,,,typed\ndB,decibel,,,reversed\n"
    )

    types = {row.question: row.type for row in fresh_db.exec(select(OwnCard))}
    assert (said["new"], said["refused"]) == (4, 0)
    assert types == {"Q?": "basic", "A {{gap}} here": "cloze", "How much?": "typed", "dB": "reverse"}
    assert len(fresh_db.exec(select(Memory)).all()) == 5
    assert replay.faults(fresh_db, ada.id) == []


def test_a_row_whose_question_is_known_changes_that_card(brought, db, fresh_db, library, ada):
    own_cards.write(
        db, library, ada.id, own_cards.Draft(question="Mine?", answer="Old."), dice=random.Random(1), at=MONDAY
    )
    db.commit()
    brought("Theirs?,Old.\n")

    said = brought("Mine?,New.\nTheirs?,New.\nTheirs?,Newest.\nOther?,New.\n", at=MONDAY + HOUR)

    answers = {row.question: row.answer for row in fresh_db.exec(select(OwnCard))}
    assert (said["new"], said["changed"], said["doubles"]) == (1, 2, 1)
    assert answers == {"Mine?": "New.", "Theirs?": "Newest.", "Other?": "New."}


def test_the_same_table_twice_changes_nothing(brought, fresh_db):
    brought(HEADED)
    before = [row.model_dump() for row in fresh_db.exec(select(OwnCard))]
    fresh_db.rollback()

    said = brought(HEADED, at=MONDAY + HOUR)

    assert (said["new"], said["changed"], said["same"]) == (0, 0, 1)
    assert [row.model_dump() for row in fresh_db.exec(select(OwnCard))] == before


def test_rows_with_a_mistake_are_named_and_the_others_come_in(brought, fresh_db):
    said = brought("question,answer,type\nNo answer?,,\nFine?,Yes.,\nOdd?,x,riddle\n")

    assert said["new"] == 1
    assert [number for number, _ in said["faults"]] == [2, 4]
    assert "riddle" in said["faults"][1][1]


def test_a_gap_that_is_gone_rests(brought, fresh_db, ada):
    brought("question,type\n{{1:a}} and {{2:b}},cloze\n")
    block, question = fresh_db.exec(select(OwnCard.id, OwnCard.question)).one()
    fresh_db.rollback()

    brought(f"question,answer,type\n{question},x,basic\n", at=MONDAY + HOUR)

    asides = dict(fresh_db.exec(select(Memory.card_id, Memory.aside).order_by(col(Memory.card_id))).all())
    assert asides == {block: Aside.IN_QUEUE, f"{block}.1": Aside.DELETED, f"{block}.2": Aside.DELETED}


def test_a_table_needs_a_question():
    with pytest.raises(Refused, match="which column holds the question"):
        sheet.check_mapping(["answer", ""])
    with pytest.raises(Refused, match="Two columns"):
        sheet.check_mapping(["question", "question"])


def test_own_cards_go_out_and_come_back_as_they_are(brought, fresh_db, ada):
    brought('question,answer,note,tags,type\n=2+2,-4,\'@x,t,typed\n"two\nlines","a, b",,,\n')
    out = "".join(tables.written(exports.rows(fresh_db, ada.id)))
    fresh_db.rollback()

    said = brought(out, at=MONDAY + HOUR)

    assert (said["new"], said["changed"], said["same"], said["refused"]) == (0, 0, 2, 0)
