"""A mentor asks an apprentice what she hears: one version opens, she answers once, he answers her."""

import pytest
from sqlalchemy import event
from sqlmodel import select

from core.errors import Conflict, InvalidForm, NotAllowed, NotFound, Refused
from core.ids import uuid7
from core.inbox import Notice
from mentorship import feedback, portfolio
from mentorship.models.people import Link
from mentorship.models.pieces import Feedback
from tests.mentorship.page_text import words
from tests.times import DAY, HOUR, MONDAY

QUESTION = "Where does it lose you?"
PARTS = {part.name: f"My {part.words.lower()}." for part in feedback.PARTS}


@pytest.fixture
def link(ada, ben, link_of):
    return link_of(ada, ben)


@pytest.fixture
def version(ben, link, make_version):
    """V1 of a draft of Ben's."""
    return make_version(ben)


@pytest.fixture
def asked(db, ada, ben, version):
    row = feedback.ask(db, ben.id, version.id, ada.id, QUESTION, at=MONDAY)
    db.commit()
    return row


@pytest.fixture
def given(db, ada, asked):
    feedback.give(db, ada.id, asked.id, PARTS, at=MONDAY + HOUR)
    db.commit()
    return asked


def told(db, person):
    return [notice.text for notice in db.exec(select(Notice).where(Notice.user_id == person.id).order_by(Notice.id))]


def hears(db, person, version):
    try:
        portfolio.find_version(db, person.id, version.id)
    except NotFound:
        return False
    return True


def over(link: Link, how: str) -> None:
    setattr(link, f"{how}_at", MONDAY + DAY)


# -- asking --------------------------------------------------------------------------------------------------


def test_asking_opens_exactly_that_version(db, ada, ben, version, make_version):
    piece = portfolio.own(db, ben.id, version.piece_id)
    later = make_version(ben, piece=piece)
    assert not hears(db, ada, version)

    feedback.ask(db, ben.id, version.id, ada.id, QUESTION, at=MONDAY)

    assert hears(db, ada, version)
    assert not hears(db, ada, later)
    with pytest.raises(NotFound):
        portfolio.find(db, ada.id, piece.id)
    assert portfolio.shared_with(db, ada.id) == []


def test_nobody_but_the_asked_hears_it(db, ben, eve, link_of, asked, version):
    link_of(eve, ben)

    assert not hears(db, eve, version)
    with pytest.raises(NotFound):
        feedback.find(db, eve.id, asked.id)
    assert feedback.listed(db, eve.id) == []


def test_the_asked_is_told_in_one_sentence(db, ada, ben, asked):
    assert told(db, ada) == ["Ben asks what you hear in Night bus, V1."]
    assert told(db, ben) == []
    notice = db.exec(select(Notice)).one()
    assert (notice.path, notice.thread, notice.kind) == (f"/feedback/{asked.id}", f"feedback:{asked.id}", "feedback")


def test_only_ones_own_piece_can_be_asked_about(db, ada, ben, link, make_version):
    hers = make_version(ada, shared=True)

    with pytest.raises(NotFound):
        feedback.ask(db, ben.id, hers.id, ada.id, QUESTION, at=MONDAY)


def test_only_apprentices_can_be_asked(db, ada, ben, eve, version, make_version):
    with pytest.raises(Refused, match="Choose one of your apprentices"):
        feedback.ask(db, ben.id, version.id, eve.id, QUESTION, at=MONDAY)
    with pytest.raises(Refused, match="Choose one of your apprentices"):
        feedback.ask(db, ada.id, make_version(ada).id, ben.id, QUESTION, at=MONDAY)


@pytest.mark.parametrize("how", ["paused", "completed", "ended"])
def test_without_a_link_in_force_nobody_is_asked(db, ada, ben, link, version, how):
    over(link, how)
    db.flush()

    with pytest.raises(Refused, match="Choose one of your apprentices"):
        feedback.ask(db, ben.id, version.id, ada.id, QUESTION, at=MONDAY)


def test_the_same_is_not_asked_twice(db, ada, ben, version, asked):
    with pytest.raises(Conflict, match="asked Ada about V1 already"):
        feedback.ask(db, ben.id, version.id, ada.id, "Again?", at=MONDAY)

    feedback.withdraw(db, ben.id, asked.id, at=MONDAY)
    assert feedback.ask(db, ben.id, version.id, ada.id, "Again?", at=MONDAY)


def test_an_empty_question_is_refused(db, ada, ben, version):
    with pytest.raises(Refused, match="Ask one question"):
        feedback.ask(db, ben.id, version.id, ada.id, "  ", at=MONDAY)


def test_fifty_may_wait(db, ada, ben, version, make_version):
    for number in range(feedback.MOST_OPEN):
        row = Feedback(user_id=ben.id, id=uuid7(), version_id=make_version(ben).id, from_name="Ada", asked_at=MONDAY)
        row.question = str(number)
        db.add(row)
    db.flush()

    with pytest.raises(Refused, match="50 of your questions wait"):
        feedback.ask(db, ben.id, version.id, ada.id, QUESTION, at=MONDAY)


# -- giving and answering ------------------------------------------------------------------------------------


def test_what_was_given_is_read_by_both_and_answered(db, ada, ben, asked):
    assert [one.feedback.id for one in feedback.waiting_for(db, ada.id)] == [asked.id]
    assert feedback.waiting_for(db, ben.id) == []

    feedback.give(db, ada.id, asked.id, PARTS, at=MONDAY + HOUR)
    assert feedback.waiting_for(db, ada.id) == []
    assert [one.feedback.id for one in feedback.to_answer(db, ben.id)] == [asked.id]
    feedback.answer(db, ben.id, asked.id, " I shall cut it. ", at=MONDAY + 2 * HOUR)

    assert feedback.to_answer(db, ben.id) == []
    for person in (ada, ben):
        seen = feedback.find(db, person.id, asked.id)
        assert {name: getattr(seen.feedback, name) for name in PARTS} == PARTS
        assert (seen.word, seen.feedback.answer) == ("answered", "I shall cut it.")
    assert told(db, ben) == ["Ada reviewed Night bus, V1."]
    assert told(db, ada)[1:] == ["Ben answered your review of Night bus."]


@pytest.mark.parametrize("part", [part.name for part in feedback.PARTS])
@pytest.mark.parametrize(("text", "sentence"), [("  ", "all four parts"), ("x" * 1001, "longer than 1000")])
def test_every_part_is_asked_for(db, ada, asked, part, text, sentence):
    with pytest.raises(InvalidForm) as refused:
        feedback.give(db, ada.id, asked.id, PARTS | {part: text}, at=MONDAY)

    assert list(refused.value.errors) == [part]
    assert sentence in refused.value.errors[part]
    assert asked.given_at is None


def test_a_review_is_sent_once(db, ada, given):
    with pytest.raises(Conflict, match="sent this review already"):
        feedback.give(db, ada.id, given.id, PARTS | {"strongest": "Other words"}, at=MONDAY)

    assert given.strongest == PARTS["strongest"]


def test_an_answer_is_sent_once_and_never_before_the_review(db, ben, ada, asked):
    with pytest.raises(Conflict, match="has not sent the review yet"):
        feedback.answer(db, ben.id, asked.id, "Thanks.", at=MONDAY)
    feedback.give(db, ada.id, asked.id, PARTS, at=MONDAY)
    with pytest.raises(Refused, match="Write a line first"):
        feedback.answer(db, ben.id, asked.id, " ", at=MONDAY)
    feedback.answer(db, ben.id, asked.id, "Thanks.", at=MONDAY)
    with pytest.raises(Conflict, match="answered this already"):
        feedback.answer(db, ben.id, asked.id, "Thanks again.", at=MONDAY)


def test_each_does_only_their_own_part(db, ada, ben, given, asked):
    with pytest.raises(NotAllowed, match="Only they can send"):
        feedback.give(db, ben.id, asked.id, PARTS, at=MONDAY)
    with pytest.raises(NotAllowed, match="Ben answers this"):
        feedback.answer(db, ada.id, given.id, "Me too.", at=MONDAY)
    with pytest.raises(NotAllowed, match="only Ben can take it back"):
        feedback.withdraw(db, ada.id, given.id, at=MONDAY)


# -- when it is over -----------------------------------------------------------------------------------------


def test_what_was_taken_back_before_it_was_given_is_gone_for_the_asked(db, ada, ben, asked, version):
    feedback.withdraw(db, ben.id, asked.id, at=MONDAY)

    assert not hears(db, ada, version)
    for act in (
        lambda: feedback.find(db, ada.id, asked.id),
        lambda: feedback.give(db, ada.id, asked.id, PARTS, at=MONDAY),
    ):
        with pytest.raises(NotFound):
            act()
    assert feedback.waiting_for(db, ada.id) == feedback.listed(db, ada.id) == []
    assert feedback.find(db, ben.id, asked.id).word == "withdrawn"


def test_what_was_given_and_taken_back_stays_as_words(db, ada, ben, given, version):
    feedback.withdraw(db, ben.id, given.id, at=MONDAY + DAY)

    seen = feedback.find(db, ada.id, given.id)
    assert (seen.hears, seen.feedback.weakest) == (False, PARTS["weakest"])
    assert not hears(db, ada, version)


@pytest.mark.parametrize("how", ["paused", "completed", "ended"])
def test_when_the_link_is_over_what_was_not_given_is_gone(db, ada, ben, link, asked, version, how):
    over(link, how)
    db.flush()

    assert not hears(db, ada, version)
    with pytest.raises(NotFound):
        feedback.give(db, ada.id, asked.id, PARTS, at=MONDAY + 2 * DAY)
    assert feedback.waiting_for(db, ada.id) == []
    assert feedback.find(db, ben.id, asked.id).word == "asked"


@pytest.mark.parametrize("how", ["paused", "completed", "ended"])
def test_when_the_link_is_over_what_was_given_stays_as_words(db, ada, ben, link, given, version, how):
    over(link, how)
    db.flush()

    assert not hears(db, ada, version)
    for person in (ada, ben):
        assert feedback.find(db, person.id, given.id).feedback.next_step == PARTS["next_step"]
    with pytest.raises(NotAllowed, match="no longer your apprentice"):
        feedback.answer(db, ben.id, given.id, "Thanks.", at=MONDAY + 2 * DAY)
    assert feedback.to_answer(db, ben.id) == []


def test_a_pause_that_is_taken_back_gives_the_question_back(db, ada, link, asked, version):
    link.paused_at = MONDAY
    db.flush()
    link.paused_at = None
    db.flush()

    assert hears(db, ada, version)
    assert [one.feedback.id for one in feedback.waiting_for(db, ada.id)] == [asked.id]


def test_the_name_stays_when_the_account_goes(db, ada, ben, given):
    db.delete(ada)
    db.commit()
    db.expire_all()

    seen = feedback.find(db, ben.id, given.id)
    assert (seen.feedback.from_id, seen.feedback.from_name) == (None, "Ada")
    with pytest.raises(NotAllowed, match="Ada is no longer your apprentice"):
        feedback.answer(db, ben.id, given.id, "Thanks.", at=MONDAY + DAY)


# -- the pages -----------------------------------------------------------------------------------------------


def test_the_story_of_a_review_on_its_pages(as_ada, as_ben, ada, version):
    piece = as_ben.get(f"/portfolio/pieces/{version.piece_id}")
    assert "Ask an apprentice what they hear" in words(piece)
    asking = f"/portfolio/versions/{version.id}/feedback?of=apprentice"
    sent = as_ben.send(asking, {"person": str(ada.id), "question": QUESTION})
    assert "waits for Ada" in words(as_ben.get(sent.location))
    assert "waits for you" in words(as_ada.get("/portfolio"))

    page = words(as_ada.get(sent.location))
    assert QUESTION in page
    assert [page.index(part.words) for part in feedback.PARTS] == sorted(
        page.index(one.words) for one in feedback.PARTS
    )
    as_ada.send(f"{sent.location}/given", PARTS)
    assert "My weakest." in words(as_ben.get(sent.location))
    as_ben.send(f"{sent.location}/answered", {"answer": "I hear it, too."})

    for client in (as_ada, as_ben):
        assert "I hear it, too." in words(client.get(sent.location))
        assert "answered" in words(client.get("/portfolio"))


def test_a_refused_review_keeps_every_word(as_ada, asked):
    answer = as_ada.send(f"/feedback/{asked.id}/given", PARTS | {"weakest": "", "strongest": "y" * 100_000})

    assert answer.status_code == 422
    page = words(answer)
    assert "all four parts belong to a review" in page and "longer than 1000 characters" in page
    assert PARTS["next_step"] in page and "y" * 100_000 in page


def test_markup_in_a_review_is_only_words(as_ada, as_ben, asked):
    nasty = "<img src=x onerror=alert(1)>"
    as_ada.send(f"/feedback/{asked.id}/given", dict.fromkeys(PARTS, nasty))

    page = as_ben.get(f"/feedback/{asked.id}").text

    assert nasty not in page
    assert page.count("&lt;img src=x onerror=alert(1)&gt;") == 4


def test_after_the_end_the_page_has_words_and_no_sound(db, as_ada, link, given, version):
    over(link, "ended")
    db.commit()

    page = as_ada.get(f"/feedback/{given.id}").text

    assert "My strongest." in page
    assert "<audio" not in page and f"/portfolio/versions/{version.id}/file" not in page
    assert as_ada.get(f"/portfolio/versions/{version.id}/file").status_code == 404


def test_a_stranger_finds_nothing(as_eve, ada, given, version):
    for path in (f"/feedback/{given.id}", f"/portfolio/versions/{version.id}/feedback"):
        assert as_eve.get(path).status_code == 404
    asking = f"/portfolio/versions/{version.id}/feedback?of=apprentice"
    answer = as_eve.send(asking, {"person": str(ada.id), "question": "?"})
    assert answer.status_code == 404


def test_who_has_no_apprentice_is_not_offered_to_ask(as_ada, ada, make_version):
    hers = make_version(ada)

    assert "Ask an apprentice" not in words(as_ada.get(f"/portfolio/pieces/{hers.piece_id}"))
    assert "Nobody to ask" in words(as_ada.get(f"/portfolio/versions/{hers.id}/feedback?of=apprentice"))


def test_a_list_of_reviews_costs_the_same_for_one_and_for_twenty(db, ada, ben, version, make_version, asked):
    def count():
        seen: list[int] = []

        def listen(*_):
            seen.append(1)

        event.listen(db.get_bind(), "before_cursor_execute", listen)
        feedback.listed(db, ada.id)
        event.remove(db.get_bind(), "before_cursor_execute", listen)
        return len(seen)

    few = count()
    for _ in range(20):
        feedback.ask(db, ben.id, make_version(ben).id, ada.id, QUESTION, at=MONDAY)
    db.commit()

    assert count() == few
    assert len(feedback.listed(db, ada.id)) == 21
