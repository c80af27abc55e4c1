"""Decks from Anki: everything or nothing, the same deck twice, due days, histories, what has no place."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from core import clock
from core.errors import Refused
from curriculum import cards, own_cards, replay
from curriculum.anki.package import Kind, Review, ReviewKind
from curriculum.anki.write import OutCard
from curriculum.cards import Aside
from curriculum.imports import names
from curriculum.log import Mark
from curriculum.models import CardMedia, Memory, OwnCard
from curriculum.models import Review as Row
from curriculum.scheduling import State
from tests.curriculum.imports.conftest import MP3, PNG, TODAY, history, learnt, ms, note
from tests.times import BERLIN, DAY, HOUR, MONDAY


def memory_of(db: Session, person, guid: str, end: str = "") -> Memory:
    db.rollback()
    return db.get_one(Memory, (person.id, names.block_of_guid(guid) + end), populate_existing=True)


def log_of(db: Session, person, guid: str, end: str = "") -> list[Row]:
    db.rollback()
    mine = select(Row).where(Row.user_id == person.id, Row.card_id == names.block_of_guid(guid) + end)
    return list(db.exec(mine.order_by(col(Row.at), col(Row.id))))


def everything(db: Session) -> list[str]:
    db.rollback()
    tables = (OwnCard, Memory, Row, CardMedia)
    return sorted(repr(row.model_dump()) for table in tables for row in db.exec(select(table)))


def test_a_card_comes_with_its_text_its_history_and_its_day(taker, package, fresh_db, ada):
    path = package(learnt("ii-V-I", tags=("jazz", "low::end"), due_in=5))

    said = taker.bring(path)

    row = fresh_db.get_one(OwnCard, (ada.id, names.block_of_guid("ii-V-I")))
    memory, log = memory_of(fresh_db, ada, "ii-V-I"), log_of(fresh_db, ada, "ii-V-I")
    assert (said["new"], said["new_reviews"]) == (1, 5)
    assert (row.deck, row.tags, row.markup, row.origin) == ("Jazz::Harmony", "jazz low::end", "html", "anki")
    assert clock.study_day(memory.due_at, BERLIN) == TODAY + 5
    assert memory.state == State.REVIEW and memory.stability
    assert [one.rating for one in log] == [3, 3, 3, 3, 3] and [one.seconds for one in log] == [4.0] * 5
    assert log[0].state_before == State.NEW
    assert replay.faults(fresh_db, ada.id) == []


def test_what_is_in_the_file_is_said_before_anything_is_written(taker, package, fresh_db):
    path = package(
        learnt("one", front='<img src="a.png"> <audio src="b.mp3"></audio>'),
        note("two", front='<img src="drawing.svg">'),
        media=[("a.png", PNG), ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"), ("b.mp3", MP3)],
    )

    said = taker.look(path)

    assert everything(fresh_db) == []
    assert (said["new"], said["pictures"], said["reviews"]) == (2, 1, 5)
    assert ["SVG drawings", 1] in said["unplaced"]
    assert dict(said["decks"]) == {"Jazz::Harmony": 2}


def test_the_same_deck_twice_changes_nothing(taker, package, fresh_db):
    path = package(
        learnt("one"),
        note("two"),
        note("three", type="cloze", front="A {{1:fifth}} and a {{2:third}}", cards=(OutCard(0), OutCard(1))),
    )
    taker.bring(path)
    before = everything(fresh_db)

    said = taker.bring(path, at=MONDAY + DAY)

    assert everything(fresh_db) == before
    assert (said["new"], said["changed"], said["same"], said["new_reviews"]) == (0, 0, 4, 0)


def test_a_newer_deck_brings_texts_and_answers_up_to_date(taker, package, fresh_db, ada):
    first = history((0, 3), (0.01, 3), (3, 3))
    taker.bring(package(learnt("one", answers=first, due_in=3)))
    later = (*first, Review(ms(MONDAY - DAY), 3, 20, 3, 500, 4000, 1))
    newer = learnt("one", answers=later, due_in=19, front="What is it now?", tags=("new",), changed=ms(MONDAY) // 1000)

    said = taker.bring(package(newer), at=MONDAY + HOUR)

    memory = memory_of(fresh_db, ada, "one")
    row = fresh_db.get_one(OwnCard, (ada.id, names.block_of_guid("one")))
    assert (said["new"], said["changed"], said["new_reviews"]) == (0, 1, 1)
    assert (row.question, row.tags) == ("What is it now?", "new")
    assert clock.study_day(memory.due_at, BERLIN) == TODAY + 19
    assert replay.faults(fresh_db, ada.id) == []


def test_what_was_learnt_here_meanwhile_stays(taker, package, fresh_db, desk, ada):
    path = package(learnt("one", due_in=0))
    taker.bring(path)
    desk.sit_down()
    desk.answer(names.block_of_guid("one"), 3)
    before = memory_of(fresh_db, ada, "one").model_dump()

    taker.bring(path, at=MONDAY + HOUR)

    assert memory_of(fresh_db, ada, "one").model_dump() == before
    assert len(log_of(fresh_db, ada, "one")) == 6


def test_answers_given_in_both_places_are_one_history(taker, package, fresh_db, desk, ada):
    first = history((0, 3), (0.01, 3), (3, 3))
    taker.bring(package(learnt("one", answers=first, due_in=0)))
    desk.sit_down()
    desk.answer(names.block_of_guid("one"), 3)
    there = (*first, Review(ms(MONDAY - 2 * HOUR), 4, 30, 3, 500, 4000, 1))

    taker.bring(package(learnt("one", answers=there, due_in=30)), at=MONDAY + HOUR)

    log = log_of(fresh_db, ada, "one")
    assert [row.rating for row in log if row.rating > 0] == [3, 3, 3, 4, 3]
    assert replay.faults(fresh_db, ada.id) == []


def test_a_text_that_was_changed_here_later_stays(taker, package, db, fresh_db, library, ada):
    taker.bring(package(learnt("one")))
    block = names.block_of_guid("one")
    own_cards.edit(db, library, ada.id, block, own_cards.Draft(question="Mine?", answer="Mine."), at=MONDAY)
    db.commit()

    taker.bring(package(learnt("one", front="Theirs?", changed=ms(MONDAY - DAY) // 1000)), at=MONDAY + HOUR)

    assert fresh_db.get_one(OwnCard, (ada.id, block)).question == "Mine?"


def test_cards_that_were_deleted_here_come_back_when_they_are_brought_again(taker, package, db, fresh_db, ada):
    path = package(learnt("one"))
    taker.bring(path)
    own_cards.delete(db, ada.id, [names.block_of_guid("one")], at=MONDAY)
    db.commit()

    seen = taker.look(path)
    said = taker.bring(path, at=MONDAY + HOUR)

    assert (seen["back"], said["back"]) == (1, 1)
    assert memory_of(fresh_db, ada, "one").aside == Aside.IN_QUEUE


def test_suspended_stays_suspended_and_nothing_else_is(taker, package, db, fresh_db, ada):
    forgotten = history(*((3 * number, 1 if number > 2 and number % 2 else 3) for number in range(18)))
    taker.bring(package(learnt("sleeping", card={"is_suspended": True}), learnt("hard", answers=forgotten)))

    asides = [memory_of(fresh_db, ada, guid).aside for guid in ("sleeping", "hard")]

    assert asides == [Aside.SUSPENDED, Aside.IN_QUEUE]
    assert memory_of(fresh_db, ada, "hard").lapses >= 6
    own_cards.stand_again(db, ada.id, [names.block_of_guid(guid) for guid in ("sleeping", "hard")])
    db.commit()
    assert [memory_of(fresh_db, ada, guid).aside for guid in ("sleeping", "hard")] == asides
    assert replay.faults(fresh_db, ada.id) == []


def test_a_card_that_was_learnt_without_a_history_keeps_its_interval(taker, package, fresh_db, ada):
    taker.bring(package(learnt("one", answers=(), due_in=14, card={"stability": 60.0, "difficulty": 4.0, "lapses": 2})))

    memory, log = memory_of(fresh_db, ada, "one"), log_of(fresh_db, ada, "one")

    assert [row.rating for row in log] == [Mark.START]
    assert clock.study_day(memory.due_at, BERLIN) == TODAY + 14 and memory.days == 35
    assert (memory.stability, memory.difficulty, memory.lapses) == (60.0, 4.0, 2)
    assert replay.faults(fresh_db, ada.id) == []


def test_extra_practice_and_what_was_before_a_new_beginning_do_not_count(taker, package, fresh_db, ada):
    rows = [
        Review(ms(MONDAY - 50 * DAY), 3, 10, 0, 500, 100, 0),
        Review(ms(MONDAY - 40 * DAY), 0, 0, 0, 0, 0, ReviewKind.MANUAL),
        Review(ms(MONDAY - 30 * DAY), 3, 1, 0, 500, 100, 0),
        Review(ms(MONDAY - 29 * DAY), 3, 40, 1, 500, 100, 1),
        Review(ms(MONDAY - 5 * DAY), 1, 40, 40, 0, 100, ReviewKind.FILTERED),
    ]
    taker.bring(package(learnt("one", answers=tuple(rows), due_in=11)))

    log = log_of(fresh_db, ada, "one")

    assert [row.rating for row in log] == [13, 3, 3, 11]
    assert memory_of(fresh_db, ada, "one").reviewed_day == TODAY - 29
    assert replay.faults(fresh_db, ada.id) == []


def test_new_cards_come_in_the_order_of_their_deck(taker, package, fresh_db, ada):
    taker.bring(package(note("b"), note("a"), note("c")))

    order = fresh_db.exec(select(Memory.card_id).order_by(col(Memory.added_at))).all()

    assert order == [names.block_of_guid(guid) for guid in ("b", "a", "c")]


def test_pictures_and_sounds_are_kept_under_what_they_are(taker, package, fresh_db, storage, ada):
    sounding = note("one", 'See <img src="a &amp; b.png">', '<audio src="kick.mp3"></audio>')
    taker.bring(package(sounding, media=[("a & b.png", PNG), ("kick.mp3", MP3)]))

    rows = {row.name: row for row in fresh_db.exec(select(CardMedia))}
    card = cards.of_own(cards.text_of(fresh_db.exec(select(OwnCard)).one()))[0]

    assert {name: row.media_type for name, row in rows.items()} == {"a & b.png": "image/png", "kick.mp3": "audio/mpeg"}
    assert storage.path(rows["a & b.png"].sha256).read_bytes() == PNG
    assert f'src="/cards/media/{rows["a & b.png"].sha256}"' in card.front
    assert f'src="/cards/media/{rows["kick.mp3"].sha256}"' in card.back


def test_a_hostile_text_is_shown_clean(taker, package, fresh_db, ada):
    evil = '<script>alert(1)</script><img src=x onerror="alert(2)"><img src="https://elsewhere.example/x.png">Fine'
    taker.bring(package(note("one", evil, '<a href="javascript:alert(3)">x</a>')))

    card = cards.of_own(cards.text_of(fresh_db.exec(select(OwnCard)).one()))[0]

    shown = card.front + card.back
    assert "Fine" in shown
    assert not any(word in shown for word in ("script", "onerror", "elsewhere", "alert(2)"))


@pytest.mark.parametrize("stage", ["Opening", "Reading", "Looking", "Working", "Writing"])
def test_stopped_at_any_stage_nothing_is_changed(taker, package, fresh_db, stage):
    class Stopped(Exception):
        pass

    def tell(said: str, done: int = 0, total: int = 0) -> None:
        if said.startswith(stage):
            raise Stopped

    path = package(learnt("one", front='<img src="a.png">'), media=[("a.png", PNG)])
    with pytest.raises(Stopped):
        taker.bring(path, tell=tell)

    assert everything(fresh_db) == []


def test_a_broken_file_is_refused_in_a_sentence(taker, tmp_path, fresh_db):
    path = tmp_path / "broken.apkg"
    path.write_bytes(b"PK\3\4 and nothing more")

    with pytest.raises(Refused, match="Anki"):
        taker.look(path)
    assert everything(fresh_db) == []


def test_a_card_of_the_course_gets_its_history_and_no_copy(taker, desk, db, fresh_db, tmp_path, library, ada):
    desk.add()
    shown = desk.sit_down()
    desk.answer(shown.card.id, 4)
    taker.take_out(tmp_path / "out.apkg", at=MONDAY + HOUR)
    before = {row.card_id: (row.due_at, row.stability) for row in fresh_db.exec(select(Memory))}
    for table in (Row, Memory):
        for row in db.exec(select(table)):
            db.delete(row)
    db.commit()

    said = taker.bring(tmp_path / "out.apkg", at=MONDAY + 2 * HOUR)

    fresh_db.rollback()
    after = {row.card_id: (row.due_at, row.stability) for row in fresh_db.exec(select(Memory))}
    assert fresh_db.exec(select(OwnCard)).all() == []
    assert after.keys() == before.keys() and said["new"] == len(before)
    assert clock.study_day(after[shown.card.id][0], BERLIN) == clock.study_day(before[shown.card.id][0], BERLIN)
    assert {row.lesson for row in fresh_db.exec(select(Memory))} == {"daw-signal-path"}
    assert replay.faults(fresh_db, ada.id) == []


def test_a_learning_step_comes_back_at_its_moment(taker, package, fresh_db, ada):
    due = MONDAY + timedelta(minutes=7)
    card = OutCard(
        0, Kind.LEARNING, due_at=ms(due), reviews=(Review(ms(MONDAY - timedelta(minutes=3)), 3, -600, 0, 0, 900, 0),)
    )
    taker.bring(package(note("one", cards=(card,))))

    memory = memory_of(fresh_db, ada, "one")

    assert (memory.state, memory.days, memory.due_at) == (State.LEARNING, 0, due)
    assert replay.faults(fresh_db, ada.id) == []


def test_ids_come_back_to_the_guids_that_they_were_made_of():
    for guid in ("G=|6oBEVo6", "ab", "ö-ü", "x" * 30):
        assert names.guid_of_block(names.block_of_guid(guid)) == guid
    assert names.block_of_guid("x" * 31) != names.block_of_guid("x" * 32)
    assert names.guid_of_block("own-abc") == "own-abc"
