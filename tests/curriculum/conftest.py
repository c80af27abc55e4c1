import pytest
from sqlmodel import Session

from core.accounts import User
from core.database import Database
from curriculum.library import Library
from tests.curriculum.at_the_desk import Desk


@pytest.fixture
def desk(base: Database, db: Session, library: Library, ada: User) -> Desk:
    return Desk(base, db, library, ada)
