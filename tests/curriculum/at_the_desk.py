"""Ada at her desk, below the web."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from core.accounts import SignIn, User, hash_of
from core.database import Database, insert_into
from core.ids import uuid7
from curriculum import day_list, reviews, store
from curriculum import desk as desk_rules
from curriculum.library import Library
from curriculum.models import Learner, Memory
from tests.times import DAY, MONDAY

LESSON = "daw-signal-path"


class Desk:
    """Ada at her desk, below the web: the same rules, a token of her own."""

    def __init__(self, base: Database, db: Session, library: Library, person: User) -> None:
        self.store, self.db, self.library, self.person = store.Store(base), db, library, person
        self.token = f"{person.id.hex}.desk"
        db.add(
            SignIn(
                user_id=person.id,
                token_hash=hash_of(self.token),
                browser="test",
                created_at=MONDAY,
                seen_at=MONDAY,
                expires_at=MONDAY + 400 * DAY,
            )
        )
        db.commit()

    def add(self, lesson: str = LESSON, *, at: datetime = MONDAY) -> None:
        reviews.add_cards(self.db, self.person.id, self.library.lessons[lesson].cards, at=at)
        self.db.commit()

    def sit_down(self, *, at: datetime = MONDAY, new: int = 10, most: int = 120) -> reviews.Shown:
        self.wish(new_a_day=new, reviews_a_day=most)
        day_list.build(self.db, self.library, self.person.id, self.person.zone, at=at)
        self.db.commit()
        return reviews.next_card(self.store, self.library, self.person.id, self.person.zone, at=at)

    def wish(self, **wishes: Any) -> None:
        """What Ada says about herself: columns of Learner."""
        row = insert_into(self.db, Learner).values(**Learner(user_id=self.person.id).model_dump())
        self.db.execute(row.on_conflict_do_nothing())
        learner = self.db.get_one(Learner, self.person.id)
        for name, value in wishes.items():
            setattr(learner, name, value)
        self.db.commit()

    def answer(self, card_id: str, rating: int = 3, *, at: datetime = MONDAY, **more: Any) -> reviews.Shown:
        shown = reviews.answer(
            self.store,
            self.library,
            more.pop("token", self.token),
            card_id,
            review_id=more.pop("review_id", None) or uuid7(),
            rating=rating,
            seconds=4.0,
            at=at,
            idle_before=at - 500 * DAY,
            given=more.pop("given", None),
        )
        self.db.expire_all()
        return shown  # type: ignore[return-value]

    def undo(self, *, at: datetime) -> str:
        card_id = desk_rules.undo(self.db, self.person.id, self.person.zone, at=at)
        self.db.commit()
        return card_id

    def memory(self, card_id: str) -> Memory:
        memory = self.db.get(Memory, (self.person.id, card_id))
        assert memory is not None
        self.db.refresh(memory)
        self.db.commit()  # a reader that may write holds the pen
        return memory
