"""Packages that Anki's own engine made, in its three variants, as they stand in Woodshed then."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, col, select

from core import clock
from curriculum import cards, log, replay
from curriculum.cards import Aside
from curriculum.imports import names
from curriculum.models import CardMedia, Memory, OwnCard
from tests import anki_engine
from tests.curriculum.imports.conftest import Taker
from tests.times import DAY, MINUTE

OCCLUDED = "Image Occlusion"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("anki")
    return folder, anki_engine.ask("build", folder)


def here(memories: dict[str, Memory], guid: str, ord: int) -> Memory:
    """The memory of Anki's card: its id says of which of our types the note became one."""
    block = names.block_of_guid(guid)
    ids = [f"{block}.{ord + 1}", f"{block}-{ord + 1}", f"{block}.r" if ord else block]
    found = [memories[one] for one in ids if one in memories]
    assert len(found) == 1, ids
    return found[0]


@pytest.mark.anki
@pytest.mark.xdist_group("anki")
@pytest.mark.parametrize("variant", ["new", "legacy", "old"])
def test_cards_days_histories_and_media_come_along(
    made: tuple[Path, dict[str, Any]], taker: Taker, fresh_db: Session, variant: str
) -> None:
    folder, seen = made
    at = clock.now() + MINUTE
    wanted = [card for card in seen["cards"] if seen["notes"][card["guid"]]["type"] != OCCLUDED]

    said = taker.bring(folder / f"{variant}.apkg", at=at)

    memories = {row.card_id: row for row in fresh_db.exec(select(Memory))}
    counts: dict[str, int] = {}
    for row in fresh_db.exec(log.counting(taker.user_id)):
        counts[row.card_id] = counts.get(row.card_id, 0) + 1
    assert said["new"] == len(wanted) == len(memories)
    for card in wanted:
        memory = here(memories, card["guid"], card["ord"])
        assert counts.get(memory.card_id, 0) == len([one for one in card["reviews"] if one[1]])
        assert (memory.state == 0) == (card["type"] == 0)
        assert memory.aside == (Aside.SUSPENDED if card["queue"] == -1 else Aside.IN_QUEUE)
        assert (memory.buried_day is not None) == (card["queue"] in (-2, -3))
        if card["due_day"] is not None:
            assert abs(clock.study_day(memory.due_at, "Europe/Berlin") - card["due_day"]) <= 1
            assert abs(memory.days - card["interval"]) <= 1
    assert {row.media_type for row in fresh_db.exec(select(CardMedia))} == {"image/png", "audio/mpeg"}
    assert any(what.startswith("image occlusion") for what, _ in said["unplaced"])
    texts = fresh_db.exec(select(OwnCard).order_by(col(OwnCard.id))).all()
    shown = "".join(card.front + card.back for row in texts for card in cards.of_own(cards.text_of(row)))
    assert len([card for row in texts for card in cards.of_own(cards.text_of(row))]) >= len(wanted)
    assert "<script" not in shown and shown.count("/cards/media/") >= 2
    assert replay.faults(fresh_db, taker.user_id) == []


@pytest.mark.anki
@pytest.mark.xdist_group("anki")
def test_the_three_variants_are_one_deck(
    made: tuple[Path, dict[str, Any]], taker: Taker, fresh_db: Session, package: Callable[..., Path]
) -> None:
    folder, _ = made
    at = clock.now() + MINUTE
    taker.bring(folder / "new.apkg", at=at)

    said = [taker.bring(folder / f"{variant}.apkg", at=at + DAY) for variant in ("legacy", "old")]

    assert [(one["new"], one["changed"], one["new_reviews"]) for one in said] == [(0, 0, 0)] * 2
