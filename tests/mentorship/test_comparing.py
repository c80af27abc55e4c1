"""Versions and a reference side by side: turned down to be as loud, found by those who may, and told at the end."""

from collections import Counter
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from core.accounts import User
from core.database import Database
from core.errors import NotFound, Refused
from core.ids import uuid7
from mentorship import comparing, matching, portfolio
from mentorship.models.pieces import Comparison, Measurement, Piece, Version
from tests.conftest import Client
from tests.mentorship.counting import statements
from tests.mentorship.page_text import words
from tests.times import DAY, HOUR, MONDAY

LOUDNESS = st.floats(-70, 5)


@given(st.lists(LOUDNESS, min_size=1, max_size=5))
def test_turned_down_all_are_as_loud_as_the_quietest_and_none_is_turned_up(loudness: list[float]) -> None:
    gains = matching.gains(loudness)

    assert gains is not None
    assert all(gain <= 0 for gain in gains)
    assert [one + gain for one, gain in zip(loudness, gains, strict=True)] == pytest.approx(
        [min(loudness)] * len(loudness)
    )


@given(st.lists(LOUDNESS, max_size=4))
def test_without_a_figure_for_each_nothing_is_matched(loudness: list[float]) -> None:
    assert matching.gains([*loudness, None]) is None


@pytest.mark.parametrize(("rounds", "sides"), [(1, 2), (3, 2), (5, 2), (4, 3), (5, 3), (3, 5)])
def test_what_a_guess_gives_is_what_counting_all_guesses_gives(rounds: int, sides: int) -> None:
    tallies = [max(Counter(guess).values()) for guess in product(range(sides), repeat=rounds)]

    for most in range(1, rounds + 1):
        counted = sum(one >= most for one in tallies) / len(tallies)
        assert matching.by_chance(rounds, most, sides) == pytest.approx(counted)


@pytest.fixture
def piece(db: Session, ada: User, make_version: Any) -> Piece:
    """Night bus in three versions of -14, -11 and -9 LUFS."""
    first = make_version(ada, shared=True)
    piece = portfolio.find(db, ada.id, first.piece_id)
    versions = [first, make_version(ada, piece=piece), make_version(ada, piece=piece)]
    for version, loudness in zip(versions, (-14.0, -11.0, -9.0), strict=True):
        measure(db, version, loudness)
    return piece


@pytest.fixture
def reference(db: Session, ada: User, make_version: Any) -> Version:
    version = make_version(ada)
    record = portfolio.find(db, ada.id, version.piece_id)
    record.title, record.is_reference = "The record", True
    measure(db, version, -8.0)
    return version


def measure(db: Session, version: Version, loudness: float | None, channels: int = 2) -> None:
    version.seconds, version.channels = 100.0, channels
    row = db.get(Measurement, (version.user_id, version.id))
    row = row or Measurement(user_id=version.user_id, version_id=version.id, state="ready", asked_at=MONDAY)
    row.figures = {"integrated": loudness}
    db.add(row)
    db.commit()


def ids_of(db: Session, piece: Piece) -> list[UUID]:
    """V1, V2 ..."""
    ids = [one.id for one in reversed(portfolio.versions(db, piece))]
    db.commit()
    return ids


def deck_of(db: Session, viewer: User, piece: Piece, ids: list[UUID]) -> comparing.Deck:
    return comparing.deck(db, comparing.choices(db, viewer.id, piece), ids)


def test_louder_versions_and_the_reference_are_turned_down(
    db: Session, ada: User, piece: Piece, reference: Version
) -> None:
    ids = [*ids_of(db, piece), reference.id]

    deck = deck_of(db, ada, piece, ids)

    assert [side.choice.name for side in deck.sides] == ["V1", "V2", "V3", "The record"]
    assert [side.gain for side in deck.sides] == [0, -3, -5, -6]
    assert (deck.unmeasured, deck.seconds) == ([], 100)


def test_one_channel_counts_as_the_two_speakers_that_play_it(db: Session, ada: User, piece: Piece) -> None:
    first, second, _ = ids_of(db, piece)
    measure(db, db.get_one(Version, (ada.id, second)), -17.0103, channels=1)

    deck = deck_of(db, ada, piece, [first, second])

    assert [side.gain for side in deck.sides] == pytest.approx([0, 0], abs=0.001)


@pytest.mark.parametrize(("loudness", "channels"), [(None, 2), (-20.0, 6)])
def test_a_version_without_a_figure_leaves_all_as_they_are_and_is_named(
    db: Session, ada: User, piece: Piece, loudness: float | None, channels: int
) -> None:
    first, second, _ = ids_of(db, piece)
    measure(db, db.get_one(Version, (ada.id, second)), loudness, channels)

    deck = deck_of(db, ada, piece, [first, second])

    assert ([side.gain for side in deck.sides], deck.unmeasured) == ([0, 0], ["V2"])


def test_a_file_that_browsers_seek_roughly_is_known_as_such(db: Session, ada: User, piece: Piece) -> None:
    ids = ids_of(db, piece)
    for version_id, copy in ((ids[1], ""), (ids[2], "0" * 64)):
        db.get_one(Version, (ada.id, version_id)).media_type = "audio/mpeg"
        db.get_one(Measurement, (ada.id, version_id)).listen_sha256 = copy

    assert [side.is_exact for side in deck_of(db, ada, piece, ids).sides] == [True, False, True]


def test_one_side_alone_and_too_many_are_refused(
    db: Session, ada: User, piece: Piece, reference: Version, make_version: Any
) -> None:
    for _ in range(2):
        measure(db, make_version(ada, piece=piece), -10.0)
    ids = ids_of(db, piece)
    other = make_version(ada)
    portfolio.find(db, ada.id, other.piece_id).is_reference = True
    measure(db, other, -7.0)

    for chosen, said in (
        (ids[:1], "Choose two"),
        ([ids[0], ids[0]], "Choose two"),
        (ids, "at most 4 versions and one"),
        ([ids[0], reference.id, other.id], "at most 4 versions and one"),
    ):
        with pytest.raises(Refused, match=said):
            deck_of(db, ada, piece, chosen)


def test_a_version_of_another_piece_is_not_found(db: Session, ada: User, piece: Piece, make_version: Any) -> None:
    other = make_version(ada)
    measure(db, other, -9.0)

    with pytest.raises(NotFound):
        deck_of(db, ada, piece, [ids_of(db, piece)[0], other.id])


def test_a_mentor_hears_only_references_that_are_no_drafts(
    db: Session, ada: User, ben: User, link_of: Any, piece: Piece, reference: Version
) -> None:
    link_of(ada, ben)
    hidden = comparing.choices(db, ben.id, piece)
    record = portfolio.find(db, ada.id, reference.piece_id)
    record.shared_at = MONDAY
    shown = comparing.choices(db, ben.id, piece)

    assert [one.name for one in hidden] == ["V3", "V2", "V1"]
    assert [one.name for one in shown] == ["V3", "V2", "V1", "The record"]


def test_the_deck_begins_with_this_version_the_one_before_and_a_reference(
    db: Session, ada: User, piece: Piece, reference: Version
) -> None:
    first, second, third = ids_of(db, piece)
    offered = comparing.choices(db, ada.id, piece)

    assert comparing.usual(offered, third) == [third, second, reference.id]
    assert comparing.usual(offered, first) == [first, second, reference.id]
    assert comparing.usual(offered[:1], third) == []


def test_a_blind_result_names_what_was_preferred_and_what_a_guess_gives(
    db: Session, ada: User, ben: User, link_of: Any, piece: Piece
) -> None:
    link_of(ada, ben)
    first, second, third = ids_of(db, piece)
    comparing.keep(db, ada.id, piece.id, [first, second], [second, second, first, second, second], at=MONDAY)
    comparing.keep(db, ben.id, piece.id, [first, third], [first, third], at=MONDAY + HOUR)
    db.commit()

    tie, clear = comparing.results(db, piece, comparing.choices(db, ada.id, piece))

    assert (tie.comparison.by_name, tie.winner, tie.by_chance) == ("Ben", "", 1.0)
    assert (clear.winner, clear.preferred) == ("V2", [("V2", 4), ("V1", 1)])
    assert clear.by_chance == pytest.approx(12 / 32)


def test_a_result_with_a_foreign_version_or_without_rounds_is_refused(
    db: Session, fresh_db: Session, ada: User, eve: User, piece: Piece
) -> None:
    first, second, third = ids_of(db, piece)
    for who, compared, preferred in (
        (ada, [first, second], [third]),
        (ada, [first, second], []),
        (ada, [first, second], [first] * 21),
        (ada, [first, uuid7()], [first]),
        (eve, [first, second], [first]),
    ):
        with pytest.raises(Refused):
            comparing.keep(db, who.id, piece.id, compared, preferred, at=MONDAY)

    assert fresh_db.exec(select(Comparison)).all() == []


def test_ada_reads_her_result_on_the_page_of_the_piece(
    as_ada: Client, db: Session, piece: Piece, reference: Version
) -> None:
    first, second, _ = ids_of(db, piece)
    page = f"/portfolio/pieces/{piece.id}"

    sent = as_ada.send(
        f"{page}/comparisons",
        {f"compared.{place}": str(one) for place, one in enumerate((second, first, reference.id))}
        | {f"preferred.{round_number}": str(first) for round_number in (1, 2, 3)},
    )

    assert sent.status_code == 303
    assert "Ada preferred V1 in 3 of 3 rounds, blind" in words(as_ada.get(page))
    shown = words(as_ada.get(f"{page}/compare?side={second}&side={first}"))
    assert "−3.0 dB" in shown
    assert "The record 0" in shown


def test_the_page_says_what_cannot_be_compared(as_ada: Client, db: Session, piece: Piece) -> None:
    first, *_ = ids_of(db, piece)
    page = f"/portfolio/pieces/{piece.id}/compare"

    assert "Choose two to compare" in as_ada.get(f"{page}?side={first}").text
    assert as_ada.get(f"{page}?side={uuid7()}").status_code == 404
    assert as_ada.get(f"{page}?side=nonsense").status_code == 404


def test_the_page_says_that_nothing_is_matched_without_figures(
    as_ada: Client, db: Session, ada: User, piece: Piece
) -> None:
    *_, third = ids_of(db, piece)
    db.get_one(Measurement, (ada.id, third)).state = "failed"
    db.commit()

    shown = words(as_ada.get(f"/portfolio/pieces/{piece.id}"))

    assert "Not matched in loudness: V3 has no figure yet" in shown


def test_more_comparisons_and_references_ask_the_database_no_more_often(
    base: Database, db: Session, ada: User, piece: Piece, make_version: Any
) -> None:
    first, second, _ = ids_of(db, piece)

    def look() -> int:
        with statements(base.engine) as asked:
            offered = comparing.choices(db, ada.id, piece)
            comparing.deck(db, offered, comparing.usual(offered, second))
            comparing.results(db, piece, offered)
        return len(asked)

    few = look()
    for days in range(4):
        reference = make_version(ada)
        portfolio.find(db, ada.id, reference.piece_id).is_reference = True
        measure(db, reference, -8.0)
        comparing.keep(db, ada.id, piece.id, [first, second], [second], at=MONDAY + days * DAY)
    db.commit()

    assert look() == few
