"""The pages of a review that Ada asks of Ben: asking, answering, and what her piece's page says afterwards."""

import pytest

from mentorship import feedback, portfolio
from tests.mentorship.page_text import words
from tests.times import DAY, MONDAY

PARTS = {part.name: f"My {part.words.lower()}." for part in feedback.PARTS}
MARKS = {"levels.low-end": "2", "levels.emotion": "4"}


@pytest.fixture
def link(ada, ben, link_of):
    return link_of(ada, ben)


@pytest.fixture
def version(ada, link, make_version):
    return make_version(ada)


@pytest.fixture
def asking(ben, version):
    form = {"person": str(ben.id), "question": "Too much bass?", "areas": ["low-end", "emotion"]}
    return f"/portfolio/versions/{version.id}/feedback", form


def test_ada_asks_ben_answers_and_she_reads_his_verdict(as_ada, as_ben, asking, version):
    page = f"/portfolio/pieces/{version.piece_id}"
    asked = words(as_ada.get(asking[0]))
    assert "Night bus is a draft. Asking shows it" in asked and "cannot be taken back" in asked

    review = as_ada.send(*asking).location
    assert "V1 waits for Ben" in words(as_ada.get(page))
    assert "a review to write" in words(as_ben.get("/mentoring"))
    assert "To listen for: Low end, Emotion." in words(as_ben.get(review))
    as_ben.send(f"{review}/given", PARTS | MARKS | {"verdict": "changes"})

    read = words(as_ada.get(review))
    assert "2 nearly" in read and "4 stands out" in read and "changes asked" in read and "My strongest." in read
    assert "Ben asked for changes in V1." in words(as_ada.get(page))
    assert "a review to write" not in words(as_ben.get("/mentoring"))


def test_what_is_missing_in_a_review_is_said_beside_it_and_stays_typed(as_ada, as_ben, asking):
    review = as_ada.send(*asking).location

    answer = as_ben.send(f"{review}/given", PARTS | {"levels.low-end": "9", "levels.emotion": "4"})

    page = words(answer)
    assert answer.status_code == 422
    assert "Mark Low end on the four levels." in page and "Say whether it is approved" in page
    assert "My strongest." in answer.text and 'value="4" checked' in answer.text


@pytest.mark.parametrize("areas", [[], ["loud"], ["low-end", "loud"]])
def test_what_to_listen_for_comes_from_the_list(as_ada, asking, areas):
    answer = as_ada.send(asking[0], asking[1] | {"areas": areas})

    assert answer.status_code == 422
    assert "Choose what to listen for from the list" in words(answer)


def test_both_see_that_a_request_is_about_an_earlier_version(db, ada, as_ada, as_ben, asking, version, make_version):
    review = as_ada.send(*asking).location
    make_version(ada, piece=portfolio.find(db, ada.id, version.piece_id))

    for browser in (as_ada, as_ben):
        assert "This is about an earlier version: V2 is here since." in words(browser.get(review))
    assert "an earlier version" in words(as_ada.get(f"/portfolio/pieces/{version.piece_id}"))


def test_a_version_in_review_is_neither_taken_back_nor_made_a_draft(as_ada, asking, version):
    review = as_ada.send(*asking).location

    assert "Take it back" not in words(as_ada.get(review))
    assert "stays with Ben" in words(as_ada.send(f"{review}/withdrawn"))
    assert "in review, so it stays shared" in words(as_ada.send(f"/portfolio/pieces/{version.piece_id}/draft"))


def test_a_mentor_who_does_not_see_pieces_is_not_asked(db, as_ada, asking, link):
    link.shows_pieces = False
    db.add(link)
    db.commit()

    assert "Nobody to ask" in words(as_ada.get(asking[0]))
    assert "Choose a mentor who sees your pieces" in words(as_ada.send(*asking))


def test_after_the_end_both_read_what_was_given_and_ben_hears_nothing(
    db, ada, ben, as_ben, as_ada, asking, link, version
):
    review = as_ada.send(*asking).location
    as_ben.send(f"{review}/given", PARTS | MARKS | {"verdict": "approved"})
    link.ended_at = MONDAY + DAY
    db.add(link)
    db.commit()

    assert "My weakest." in words(as_ada.get(review)) and "My weakest." in words(as_ben.get(review))
    assert "<audio" not in as_ben.get(review).text
    assert as_ben.get(f"/portfolio/versions/{version.id}/file").status_code == 404


def test_an_open_request_is_gone_for_ben_after_the_end(db, as_ben, as_ada, asking, link):
    review = as_ada.send(*asking).location
    link.ended_at = MONDAY + DAY
    db.add(link)
    db.commit()

    assert as_ben.get(review).status_code == 404
    assert "not open now" in words(as_ada.get(review))


def test_references_are_not_reviewed(db, ada, as_ada, asking, version):
    piece = portfolio.find(db, ada.id, version.piece_id)
    piece.is_reference = True
    db.add(piece)
    db.commit()

    assert "Ask about a piece of yours" in words(as_ada.send(*asking))
    assert "Ask for a review" not in words(as_ada.get(f"/portfolio/pieces/{piece.id}"))


def test_alone_she_approves_and_showcases_and_takes_both_back(as_eve, eve, make_version):
    version = make_version(eve)
    page = f"/portfolio/pieces/{version.piece_id}"
    assert "Its mark is hollow" in words(as_eve.get(page))

    as_eve.send(f"/portfolio/versions/{version.id}/approved")
    assert "state-hollow" in as_eve.get(page).text and "Showcase it" in words(as_eve.get(page))
    as_eve.send(f"{page}/showcased")
    assert "Take it out of your showcase" in words(as_eve.get(page))
    as_eve.send(f"{page}/unshowcased")
    as_eve.send(f"/portfolio/versions/{version.id}/unapproved")

    assert "Approve V1 yourself" in words(as_eve.get(page)) and "Showcase it" not in words(as_eve.get(page))
    assert "is approved yet" in words(as_eve.send(f"{page}/showcased"))


def test_the_brief_names_the_reviews_that_wait_for_the_mentor(as_ada, as_ben, ada, link, asking):
    review = as_ada.send(*asking).location

    assert "Night bus V1 waits for you since" in words(as_ben.get(f"/apprentices/{ada.id}/brief"))
    as_ben.send(f"{review}/given", PARTS | MARKS | {"verdict": "approved"})
    assert "waits for you since" not in words(as_ben.get(f"/apprentices/{ada.id}/brief"))
