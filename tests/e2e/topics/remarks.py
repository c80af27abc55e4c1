"""Ben's remarks on Ada's Night bus: some fixed in V2, one not yet, one answered; hers, a guest's, markers for a DAW."""

from typing import Any
from uuid import UUID

from flask import Flask
from playwright.sync_api import Page
from sqlmodel import Session

from core.ids import uuid7
from mentorship import remark_steps, remarks
from mentorship.models.pieces import Version
from tests.e2e.cast import days_ago
from tests.e2e.stop import Stop


def refused(page: Page) -> None:
    page.locator("[name=remark_start]").fill("soon")
    page.locator("[name=remark_text]").fill("The kick drags behind the bass.")
    page.get_by_role("button", name="Keep the remark").click()
    page.wait_for_load_state()


STOPS = [
    Stop("portfolio.show", "/portfolio/pieces/{beat}?version=1", ("ada", "ben"), "remarks"),
    Stop("portfolio.show", "/portfolio/pieces/{beat}?version=2", ("ada", "ben"), "check-list"),
    Stop("portfolio.show", "/portfolio/pieces/{beat}?version=2", ("ada",), "remark-refused", 200, refused),
    Stop("remarks.show", "/portfolio/remarks/{to_judge}", ("ada", "ben"), "fixed"),
    Stop("remarks.show", "/portfolio/remarks/{own_remark}", ("ada",), "own"),
    Stop("remarks.kept", "/portfolio/remarks", ("ben",)),
    Stop("remarks.kept", "/portfolio/remarks", ("ada",), "empty"),
    Stop("markers.show", "/portfolio/versions/{v1}/markers", ("ada",)),
]
NO_PAGES = {"markers.file"}


def fill(cast: Any, db: Session, app: Flask) -> None:
    ada, ben = cast.id_of("ada"), cast.id_of("ben")
    v1, v2 = UUID(cast.ids["v1"]), UUID(cast.ids["v2"])

    def write(by: UUID, version: UUID, kind: str, start_ms: int, text: str, end_ms: int | None = None) -> UUID:
        row = remarks.add(
            db, by, version, kind=kind, start_ms=start_ms, end_ms=end_ms, text=text, at=days_ago(4)
        )  # fmt: skip
        return row.id

    bites = write(ben, v1, "fix", 480, "The open hat bites at 6 kHz. Compare #0:01.200, where it sits.")
    stops = write(ben, v1, "fix", 2_600, "It stops in a bar. It needs an ending, or a fade over four.", 3_000)
    low = write(
        ben, v1, "fix", 1_000, "The kick and the bass fight below 80 Hz. One of the two has to go first.", 1_900
    )
    air = write(ben, v1, "idea", 1_900, "A breath before the drop?")
    asks = write(ben, v1, "question", 700, "Is the reverb on the snare meant to be that long?")
    write(ben, v1, "praise", 1_400, "This swing. Leave it exactly so.")
    for fixed in (bites, stops, low):
        remark_steps.fix(db, ada, fixed, v2, at=days_ago(3))
    remark_steps.judge(db, ben, bites, True, at=days_ago(2))
    remark_steps.judge(db, ben, low, False, "Better on speakers. On headphones the two still pull.", at=days_ago(2))
    remarks.reply(db, ada, asks, "Yes, but only in the first half: #0:00.700-0:01.100.", at=days_ago(3))
    remark_steps.drop(db, ada, asks, at=days_ago(3))
    cast.ids |= {"to_judge": str(stops), "idea_remark": str(air)}
    cast.ids["own_remark"] = str(write(ada, v2, "question", 1_250, "Does the ending come too soon now?"))
    version = db.get_one(Version, (ada, v2))
    remarks.add_guest(
        db, version, uuid7(), "Mara", kind="praise", start_ms=300, text="I hear the bus now!", at=days_ago(1)
    )  # fmt: skip
