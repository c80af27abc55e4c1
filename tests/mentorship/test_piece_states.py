"""Where a piece stands: what Ben is asked and says of which version decides, and without him Ada alone."""

import pytest

from core.errors import NotFound, Refused
from mentorship import feedback, piece_states, portfolio, reviews
from mentorship.models.people import Link
from tests.mentorship.counting import statements
from tests.times import DAY, HOUR, MONDAY

PARTS = {part.name: f"My {part.words.lower()}." for part in feedback.PARTS}
AREAS = ("low-end", "emotion")
LEVELS = {"low-end": 2, "emotion": 4}


@pytest.fixture
def link(ada, ben, link_of):
    return link_of(ada, ben)


@pytest.fixture
def first(ada, make_version):
    """V1 of a draft of Ada's."""
    return make_version(ada)


@pytest.fixture
def piece(db, ada, first):
    return portfolio.find(db, ada.id, first.piece_id)


@pytest.fixture
def ask(db, ada, ben):
    def ask(version, mentor=ben, at=MONDAY):
        return feedback.ask_mentor(db, ada.id, version.id, mentor.id, "Is the bass too loud?", AREAS, at=at)

    return ask


@pytest.fixture
def say(db, ben, ask):
    """Ask for a review of a version, and give it."""

    def say(version, verdict, mentor=ben, at=MONDAY):
        row = ask(version, mentor, at)
        return feedback.give(db, mentor.id, row.id, PARTS, LEVELS, verdict, at=at)

    return say


def stands(db, piece):
    standing = piece_states.of_one(db, piece)
    return standing.word, standing.words


def test_a_piece_goes_from_draft_to_the_showcase_and_back(db, ada, ben, link, first, piece, ask, make_version):
    assert stands(db, piece) == ("draft", "")
    asked = ask(first)
    assert stands(db, piece) == ("in review", "V1 waits for Ben")
    feedback.give(db, ben.id, asked.id, PARTS, LEVELS, "changes", at=MONDAY + HOUR)
    assert stands(db, piece) == ("changes asked", "Ben asked for changes in V1")
    asked = ask(make_version(ada, piece=piece), at=MONDAY + DAY)
    assert stands(db, piece) == ("in review", "V2 waits for Ben")
    feedback.give(db, ben.id, asked.id, PARTS, LEVELS, "approved", at=MONDAY + DAY)
    assert stands(db, piece) == ("approved", "V2 approved by Ben")
    reviews.showcase(db, piece, at=MONDAY + DAY)
    assert stands(db, piece) == ("showcased", "V2 approved by Ben")
    reviews.unshowcase(piece)
    assert stands(db, piece)[0] == "approved"
    portfolio.archive(piece, at=MONDAY)
    assert stands(db, piece)[0] == "archived"


def test_a_shared_piece_that_nobody_was_asked_about_is_shared(db, ada, make_version):
    version = make_version(ada, shared=True)

    assert stands(db, portfolio.find(db, ada.id, version.piece_id)) == ("shared", "")


def test_an_approved_version_stays_approved_under_a_newer_one(db, ada, link, first, piece, say, ask, make_version):
    say(first, "approved")
    reviews.showcase(db, piece, at=MONDAY)
    second = make_version(ada, piece=piece)
    assert stands(db, piece)[0] == "showcased"

    ask(second)
    standing = piece_states.of_one(db, piece)

    assert (standing.word, standing.approved.number, standing.is_on_show) == ("in review", 1, True)
    assert piece_states.approved_versions(db, ada.id).keys() == {first.id}


def test_what_is_said_late_about_an_earlier_version_does_not_count_against_the_later(
    db, ada, ben, eve, link, link_of, first, piece, say, ask, make_version
):
    link_of(ada, eve)
    late = ask(first, eve)
    say(make_version(ada, piece=piece), "approved")

    feedback.give(db, eve.id, late.id, PARTS, LEVELS, "changes", at=MONDAY + DAY)

    assert stands(db, piece) == ("approved", "V2 approved by Ben")


def test_a_second_verdict_on_the_same_version_replaces_the_first(db, ada, eve, link, link_of, first, piece, say):
    link_of(ada, eve)
    say(first, "approved")
    reviews.showcase(db, piece, at=MONDAY)

    say(first, "changes", eve, MONDAY + DAY)
    standing = piece_states.of_one(db, piece)

    assert (standing.word, standing.approved, standing.is_on_show) == ("changes asked", None, False)
    assert piece_states.approved_versions(db, ada.id) == {}


def test_a_second_opinion_that_waits_takes_no_approval_away(db, ada, eve, link, link_of, first, piece, say, ask):
    link_of(ada, eve)
    say(first, "approved")
    reviews.showcase(db, piece, at=MONDAY)

    ask(first, eve)
    standing = piece_states.of_one(db, piece)

    assert (standing.word, standing.approved.by, standing.is_on_show) == ("in review", "Ben", True)
    assert piece_states.approved_versions(db, ada.id).keys() == {first.id}


@pytest.mark.parametrize("how", ["ended", "paused", "hidden"])
def test_a_request_that_its_mentor_cannot_answer_any_more_holds_nothing(db, link, first, piece, ask, how):
    ask(first)
    row = db.get(Link, (link.user_id, link.id))
    if how == "hidden":
        row.shows_pieces = False
    else:
        setattr(row, f"{how}_at", MONDAY + DAY)
    db.flush()

    assert stands(db, piece) == ("shared", "")
    portfolio.unshare(db, piece)


def test_a_version_in_review_is_not_withdrawn(db, link, first, piece, ask):
    ask(first)

    with pytest.raises(Refused, match=r"V1 of Night bus is in review, so it stays shared until Ben has answered\."):
        portfolio.unshare(db, piece)


# -- without a mentor ----------------------------------------------------------------------------------------


def test_without_a_mentor_ada_approves_her_own_version_with_a_hollow_mark(db, ada, first, piece):
    for _ in range(2):
        reviews.approve_own(db, ada.id, first.id, at=MONDAY)
    standing = piece_states.of_one(db, piece)

    assert (standing.word, standing.is_hollow, standing.words) == ("approved", True, "V1 approved by its maker")
    assert piece_states.approved_versions(db, ada.id).keys() == {first.id}
    for _ in range(2):
        reviews.disapprove_own(db, ada.id, first.id, at=MONDAY)
    assert stands(db, piece) == ("draft", "")
    assert feedback.listed(db, ada.id) == []


def test_with_a_mentor_she_cannot(db, ada, link, first):
    with pytest.raises(Refused, match=r"Ben can review V1\. Ask there"):
        reviews.approve_own(db, ada.id, first.id, at=MONDAY)


def test_nobody_approves_what_is_not_theirs(db, eve, first):
    with pytest.raises(NotFound):
        reviews.approve_own(db, eve.id, first.id, at=MONDAY)
    with pytest.raises(NotFound):
        reviews.disapprove_own(db, eve.id, first.id, at=MONDAY)


def test_her_own_yes_does_not_outlast_a_mentors_no(db, ada, ben, link_of, first, piece, say):
    reviews.approve_own(db, ada.id, first.id, at=MONDAY)
    link_of(ada, ben)

    say(first, "changes", at=MONDAY + DAY)

    assert stands(db, piece)[0] == "changes asked"


def test_references_and_archived_pieces_are_not_approved(db, ada, first, piece):
    piece.is_reference = True
    with pytest.raises(Refused, match="somebody else's record"):
        reviews.approve_own(db, ada.id, first.id, at=MONDAY)
    with pytest.raises(Refused, match="cannot be shown as yours"):
        reviews.showcase(db, piece, at=MONDAY)
    assert stands(db, piece) == ("reference", "")

    piece.is_reference, piece.archived_at = False, MONDAY
    with pytest.raises(Refused, match=r"Bring it back, then approve V1\."):
        reviews.approve_own(db, ada.id, first.id, at=MONDAY)
    with pytest.raises(Refused, match="Bring it back, then showcase it"):
        reviews.showcase(db, piece, at=MONDAY)


def test_only_an_approved_piece_is_showcased(db, link, first, piece, say):
    say(first, "changes")

    with pytest.raises(Refused, match=r"No version of Night bus is approved yet\."):
        reviews.showcase(db, piece, at=MONDAY)


def test_many_pieces_cost_as_many_questions_as_one(base, db, ada, link, make_version, say):
    say(make_version(ada), "approved")
    db.commit()
    with statements(base.engine) as few:
        portfolio.pieces(db, [ada.id])
    for _ in range(8):
        say(make_version(ada), "changes")
    db.commit()

    with statements(base.engine) as many:
        tiles = portfolio.pieces(db, [ada.id])

    assert sorted(tile.standing.word for tile in tiles) == ["approved"] + ["changes asked"] * 8
    assert len(many) == len(few)
