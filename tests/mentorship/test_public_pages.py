"""Public pages: what everybody may open once its owner chose so, and what they never see."""

import io

import pytest
from sqlmodel import select

from core.errors import NotFound, Refused
from core.ids import uuid7
from mentorship import portfolio, public_pages
from mentorship.models import pieces
from mentorship.models.pieces import Feedback, Piece, Version
from mentorship.models.shares import PublicPage
from mentorship.portfolio import Upload
from mentorship.probe import Found
from mentorship.public_pages import Texts
from tests.mentorship.counting import statements
from tests.mentorship.page_text import words
from tests.times import DAY, MONDAY

TEXTS = Texts("ada-beats", "Beats for short films", "I *play* **drums**.", "ada@beats.example")


@pytest.fixture
def showcased(db, storage, ada, ben):
    """`showcased("Night bus", approved=(1,), versions=2)`: a piece on Ada's page."""

    def make(title: str, *, approved=(1,), versions=1, days=0, owner=ada) -> Piece:
        piece = portfolio.create(db, owner.id, title=title, role="Producer", about="CanaryAbout", at=MONDAY - DAY)
        piece.showcased_at, piece.client = MONDAY + days * DAY, "CanaryClient"
        for number in range(1, versions + 1):
            staged = storage.stage(io.BytesIO(f"{title} {number}".encode()), most=1000)
            upload = Upload(staged, Found("audio", "audio/wav", 61.0, 44_100, 2), "canary-file.wav")
            version = portfolio.add_version(db, storage, piece, upload, changes="CanaryChanges", at=MONDAY)
            if number in approved:
                approve(db, version, ben)
        db.commit()
        return piece

    return make


def approve(db, version: Version, by, verdict="approved", **more) -> Feedback:
    row = Feedback(
        user_id=version.user_id,
        id=uuid7(),
        version_id=version.id,
        from_id=by.id,
        from_name=by.name,
        asked_at=MONDAY,
        weakest="CanaryWeakest",
        verdict=verdict,
        given_at=MONDAY,
        **more,
    )
    db.add(row)
    db.flush()
    return row


@pytest.fixture
def public(db, ada) -> PublicPage:
    """Ada's, shown to everybody."""
    page = public_pages.save(db, ada.id, TEXTS)
    public_pages.show(db, ada.id, at=MONDAY)
    db.commit()
    return page


# -- its address ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("handle", ["ab", "a" * 41, "-ada", "ada-", "ada--b", "ada b", "ada_b", "ädа", "a/b", ""])
def test_an_address_is_made_of_few_plain_signs(handle):
    with pytest.raises(Refused) as refusal:
        public_pages._handle(handle)

    assert refusal.value.field == "handle" and "small letters" in refusal.value.text


@pytest.mark.parametrize("handle", ["admin", "sign-in", "Woodshed", "s" + "upport"])
def test_no_page_poses_as_the_site(handle):
    with pytest.raises(Refused, match="kept for the site"):
        public_pages._handle(handle)


def test_an_address_is_one_persons_and_may_be_changed(db, ada, eve):
    public_pages.save(db, ada.id, Texts(" Ada-Beats "))

    with pytest.raises(Refused, match="taken already"):
        public_pages.save(db, eve.id, Texts("ada-beats"))
    public_pages.save(db, ada.id, Texts("ada-2"))
    assert public_pages.save(db, eve.id, Texts("ada-beats")).handle == "ada-beats"


def test_two_who_take_the_same_address_at_once_do_not_both_get_it(db, ada, eve, monkeypatch):
    """The look before was too early; the index says no, with the same sentence."""
    public_pages.save(db, ada.id, Texts("ada-beats"))
    db.flush()
    real = db.exec
    monkeypatch.setattr(db, "exec", lambda asked, *a, **k: real(_nobody(asked), *a, **k))

    with pytest.raises(Refused, match="taken already"):
        public_pages.save(db, eve.id, Texts("ada-beats"))


def _nobody(asked):
    return asked.where(PublicPage.handle == "nobody") if "handle" in str(asked.whereclause) else asked


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"headline": "x" * 121}, "headline"),
        ({"about": "x" * 4001}, "about"),
        ({"about": "[" * 4000}, "about"),
        ({"contact": "x" * 201}, "contact"),
    ],
)
def test_what_is_too_long_for_a_page_is_refused(db, ada, more, field):
    with pytest.raises(Refused) as refusal:
        public_pages.save(db, ada.id, Texts("ada-beats", **more))

    assert refusal.value.field == field and public_pages.own(db, ada.id) is None


@pytest.mark.parametrize(
    ("contact", "leads_to"),
    [
        ("ada@beats.example", "mailto:ada@beats.example"),
        ("https://beats.example/ada", "https://beats.example/ada"),
        ("javascript:alert(1)", ""),
        ("Ask at the shop", ""),
        ('https://x.example/"onclick', ""),
    ],
)
def test_a_contact_leads_where_it_says_or_nowhere(contact, leads_to):
    assert public_pages.contact_address(contact) == leads_to


# -- what stands on it ---------------------------------------------------------------------------------------


def test_a_page_shows_of_each_showcased_piece_the_version_that_was_approved_last(db, ada, eve, showcased):
    first = showcased("Night bus", approved=(1, 2), versions=3)
    second = showcased("Dawn", days=1)
    showcased("Sketch", approved=())
    showcased("Hers", owner=eve)
    for title, column in (("Old", "archived_at"), ("Drawer", "showcased_at")):
        setattr(showcased(title), column, MONDAY if column == "archived_at" else None)
    showcased("A record").is_reference = True
    db.flush()

    there = public_pages.showcases(db, ada.id)

    assert [(one.piece_id, one.version.number) for one in there] == [(second.id, 1), (first.id, 2)]
    assert [piece.title for piece in public_pages.left_out(db, ada.id)] == ["Sketch"]


def test_a_verdict_counts_only_while_it_stands(db, ada, ben, showcased):
    piece = showcased("Night bus", approved=())
    version = portfolio.versions(db, piece)[0]
    approve(db, version, ben, "changes")
    approve(db, version, ben, withdrawn_at=MONDAY)
    assert public_pages.showcases(db, ada.id) == []

    approve(db, version, ada)

    assert len(public_pages.showcases(db, ada.id)) == 1


def test_a_client_is_quoted_only_with_their_own_yes(db, ada, showcased):
    piece = showcased("Night bus")
    for name, moments in {
        "Yes": {"yes_at": MONDAY},
        "Asked": {},
        "Sorry": {"yes_at": MONDAY, "withdrawn_at": MONDAY},
    }.items():
        row = {"user_id": ada.id, "piece_id": piece.id, "secret_hash": name, "asked_at": MONDAY}
        db.add(pieces.Testimonial(id=uuid7(), name=name, text="She listens.", **row, **moments))
    db.flush()

    [one] = public_pages.showcases(db, ada.id)

    assert [praise.name for praise in one.praise] == ["Yes"]


def test_a_page_is_there_when_its_owner_says_so_and_has_an_account(db, ada, public):
    assert public_pages.find(db, "ada-beats")[1] == "Ada"
    public_pages.hide(db, ada.id)
    with pytest.raises(NotFound):
        public_pages.find(db, "ada-beats")
    public_pages.show(db, ada.id, at=MONDAY)
    ada.active = False
    db.flush()
    with pytest.raises(NotFound):
        public_pages.find(db, "ada-beats")


def test_without_an_address_there_is_nothing_to_show(db, ada):
    with pytest.raises(Refused, match="no address yet"):
        public_pages.show(db, ada.id, at=MONDAY)
    public_pages.hide(db, ada.id)


def test_a_long_page_asks_the_database_no_more_than_a_short_one(db, base, ada, ben, showcased):
    showcased("Night bus")
    with statements(base.engine) as short:
        public_pages.showcases(db, ada.id)
    for number in range(4):
        showcased(f"Piece {number}")
    with statements(base.engine) as long:
        assert len(public_pages.showcases(db, ada.id)) == 5

    assert len(long) == len(short)


# -- in the browser ------------------------------------------------------------------------------------------


def test_everybody_hears_the_approved_version_and_reads_nothing_else(public, showcased, anonymous, db, ada):
    piece = showcased("Night bus", versions=2)
    other = showcased("Sketch", approved=())
    portfolio.create(db, ada.id, title="CanaryOther", at=MONDAY)
    db.commit()
    shown = anonymous.get("/p/ada-beats")
    sound = anonymous.get(f"/p/ada-beats/{piece.id}/sound", headers={"Range": "bytes=0-10"})

    for word in ("Ada", "Beats for short films", "drums", "ada@beats.example", "Night bus", "Producer", "1:01"):
        assert word in words(shown)
    assert sound.status_code == 206 and sound.data == b"Night bus 1" and "sandbox" in str(sound.headers)
    said = shown.text + str(shown.headers) + str(sound.headers)
    assert "Canary" not in said and "canary-file" not in said and "Sketch" not in said and "@example.com" not in said
    assert "Set-Cookie" not in shown.headers and "attachment" not in said
    for way in (f"{other.id}/sound", f"{piece.id}/peaks", f"{uuid7()}/sound"):
        assert anonymous.get(f"/p/ada-beats/{way}").status_code == 404


def test_a_page_is_switched_off_at_once_also_for_its_sound(public, showcased, as_ada, anonymous):
    piece = showcased("Night bus")
    assert as_ada.send("/portfolio/public-page/hidden").status_code == 303

    hidden, never = anonymous.get("/p/ada-beats"), anonymous.get("/p/eve-beats")

    assert hidden.status_code == 404 and hidden.text == never.text
    assert anonymous.get(f"/p/ada-beats/{piece.id}/sound").status_code == 404
    assert "Only you see this preview" in words(as_ada.get("/portfolio/public-page/preview"))
    as_ada.send("/portfolio/public-page/shown")
    assert anonymous.get("/p/ada-beats").status_code == 200


def test_search_engines_come_only_where_they_are_invited(public, as_ada, anonymous):
    shut = anonymous.get("/p/ada-beats")
    form = {"handle": "ada-beats", "headline": "Beats", "is_indexed": "1"}
    assert as_ada.send("/portfolio/public-page", form).status_code == 303
    invited = anonymous.get("/p/ada-beats")

    assert "noindex" in shut.headers["X-Robots-Tag"] and 'content="noindex' in shut.text
    assert "X-Robots-Tag" not in invited.headers and "noindex" not in invited.text
    assert "noindex" in anonymous.get("/p/nobody-there").headers["X-Robots-Tag"]


def test_what_was_typed_stays_beside_a_taken_address(public, as_eve, fresh_db):
    answer = as_eve.send("/portfolio/public-page", {"handle": "ada-beats", "headline": "Mine"})

    assert answer.status_code == 422 and "taken already" in words(answer) and 'value="Mine"' in answer.text
    assert len(fresh_db.exec(select(PublicPage)).all()) == 1
    assert as_eve.get("/portfolio/public-page/preview").status_code == 404
    assert as_eve.send("/portfolio/public-page/shown").status_code == 422
