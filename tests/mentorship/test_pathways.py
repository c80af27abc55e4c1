"""What a portfolio for a kind of work holds: what of Ada's counts, what is missing; and the details that say so."""

import pytest

from core.errors import NotFound, Refused
from curriculum.content import Library, Pathway, Want
from mentorship import pathways, portfolio, reviews
from tests.mentorship.page_text import words
from tests.times import MONDAY

BEATS = Pathway(
    "beats", "Beats", "Beats", "For singers.", (Want("beat", "A beat", 2, "..."), Want("kit", "A kit", 1, "..."))
)
SYNC = Pathway("sync", "Sync", "Sync", "For films.", (Want("cue", "A cue", 1, "..."),))
LIBRARY = Library(pathways={"beats": BEATS, "sync": SYNC})
PLAIN = {"pathway": "beats", "category": "beat", "client": "", "credits": []}


@pytest.fixture
def beat(db, ada, make_version):
    """Another beat, not approved yet."""

    def make(**more):
        version = make_version(ada)
        piece = portfolio.find(db, ada.id, version.piece_id)
        pathways.describe(LIBRARY, piece, **PLAIN | more)
        return piece, version

    return make


def listed(db, ada):
    found = pathways.checklist(db, BEATS, ada.id)
    return found, [(one.want.slug, one.there, one.word) for one in found.wanted]


def test_only_approved_pieces_count_and_never_more_than_are_wanted(db, ada, beat):
    assert listed(db, ada)[1] == [("beat", 0, "missing"), ("kit", 0, "missing")]

    versions = [beat()[1] for _ in range(3)]
    assert listed(db, ada)[1] == [("beat", 0, "in progress"), ("kit", 0, "missing")]
    for version in versions:
        reviews.approve_own(db, ada.id, version.id, at=MONDAY)
    found, rows = listed(db, ada)

    assert rows == [("beat", 2, "there"), ("kit", 0, "missing")]
    assert (found.there, found.total, len(found.wanted[0].approved)) == (2, 3, 3)


def test_archived_pieces_references_and_other_kinds_of_work_are_left_out(db, ada, eve, beat):
    beat()[0].archived_at = MONDAY
    beat()[0].is_reference = True
    beat(pathway="sync", category="cue")
    uncounted, _ = beat(category="")
    found, rows = listed(db, ada)

    assert rows == [("beat", 0, "missing"), ("kit", 0, "missing")]
    assert [tile.piece.id for tile in found.others] == [uncounted.id]
    assert pathways.checklist(db, BEATS, eve.id).others == []


def test_a_pathway_that_nobody_wrote_is_not_there():
    with pytest.raises(NotFound):
        pathways.find(LIBRARY, "opera")


@pytest.mark.parametrize(
    ("details", "why"),
    [
        ({"pathway": "opera"}, "offered pathways"),
        ({"category": "cue"}, "the pathway's own list"),
        ({"pathway": "", "category": "beat"}, "the pathway's own list"),
        ({"credits": [("", "Drums")]}, "a role and no name"),
        ({"credits": [("x" * 81, "")]}, "longer than 80"),
        ({"credits": [("Jo", "Drums")] * 41}, "takes 40 credits"),
    ],
)
def test_details_that_do_not_fit_are_refused(beat, details, why):
    with pytest.raises(Refused, match=why):
        beat(**details)


def test_credits_keep_their_order_and_lose_empty_rows(beat):
    piece, _ = beat(credits=[(" Mara ", " Vocals"), ("", " "), ("Jo", "")], client=" Mara ")

    assert piece.credits == [{"name": "Mara", "role": "Vocals"}, {"name": "Jo", "role": ""}]
    assert piece.client == "Mara"
    assert pathways.words_of(LIBRARY, piece) == "Beats: a beat"
    assert pathways.words_of(Library(), piece) == ""


# -- the pages -----------------------------------------------------------------------------------------------

FORM = {
    "title": "Night bus",
    "category": "beats/kit",
    "client": "Mara",
    "credit_name": ["Jo", ""],
    "credit_role": ["Drums", ""],
}


def test_details_are_written_on_one_page_and_read_on_the_pieces_own(db, as_ada, ada, make_version):
    page = f"/portfolio/pieces/{make_version(ada).piece_id}"

    assert as_ada.send(f"{page}/edited", FORM).location == page
    shown = words(as_ada.get(page))
    assert "Made for Mara" in shown and "Drums Jo" in shown and "Beats: a kit" in shown
    assert as_ada.send(f"{page}/edited", FORM | {"more": "1"}).location == f"{page}/edit"

    refused = as_ada.send(f"{page}/edited", FORM | {"credit_name": ["", "Kim"], "credit_role": ["Bass", "Keys"]})
    assert refused.status_code == 422 and "A credit has a role and no name." in words(refused)
    assert 'value="Bass"' in refused.text and 'value="Kim"' in refused.text


def test_every_kind_of_work_has_its_checklist_beside_that_of_the_milestones(as_ada, library):
    assert list(library.pathways) == ["studio", "remote", "sync", "beats"]
    for slug, one in library.pathways.items():
        page = words(as_ada.get(f"/portfolio/checklist/{slug}"))
        assert all(want.title in page for want in one.wants) and "Nothing counts here yet" in page
    assert "Remote" in words(as_ada.get("/portfolio/checklist"))


def test_a_long_list_of_pieces_is_narrowed_by_state_and_kind_of_work(db, as_ada, ada, make_version):
    made = [make_version(ada) for _ in range(9)]
    piece = portfolio.find(db, ada.id, made[0].piece_id)
    piece.pathway, piece.title = "sync", "Rain cue"
    reviews.approve_own(db, ada.id, made[0].id, at=MONDAY)
    db.commit()

    narrowed = words(as_ada.get("/portfolio?state=approved&pathway=sync"))
    assert "Rain cue" in narrowed and "Night bus" not in narrowed and "Show all 9" in narrowed
    assert "None of your pieces stands there." in words(as_ada.get("/portfolio?state=archived"))
