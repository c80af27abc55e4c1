"""A client's words about Ada's piece: asked for, said yes to at a secret address, taken back, hidden, withdrawn."""

import re

import pytest
from sqlmodel import select

from core.accounts import hash_of
from core.errors import NotFound, Refused
from core.inbox import Notice
from mentorship import portfolio, testimonials
from tests.mentorship.page_text import words
from tests.times import DAY, HOUR, MONDAY

WORDS = "She heard what I meant."


@pytest.fixture
def piece(db, ada, ben, link_of, make_version):
    link_of(ada, ben)
    found = portfolio.find(db, ada.id, make_version(ada, shared=True).piece_id)
    db.commit()
    return found


@pytest.fixture
def asked(db, ada, piece):
    row, secret = testimonials.ask(db, ada.id, piece.id, " Mara ", at=MONDAY)
    db.commit()
    return row, secret


def shown(db, piece):
    return [one.text for one in testimonials.shown(db, [piece.id]).get(piece.id, [])]


def test_without_the_clients_yes_nobody_reads_a_word(db, ada, piece, asked):
    row, secret = asked
    assert (row.name, row.secret_hash, shown(db, piece)) == ("Mara", hash_of(secret), [])

    testimonials.say_yes(db, secret, "Mara L.", f" {WORDS} ", at=MONDAY + HOUR)

    assert shown(db, piece) == [WORDS]
    assert row.name == "Mara L."
    [notice] = db.exec(select(Notice).where(Notice.user_id == ada.id))
    assert notice.text == "Mara L. wrote about Night bus, and said yes to showing it."


def test_the_client_takes_the_words_back_and_says_yes_again(db, piece, asked):
    _, secret = asked
    testimonials.say_yes(db, secret, "Mara", WORDS, at=MONDAY)

    for _ in range(2):
        testimonials.take_back(db, secret, at=MONDAY + HOUR)
    assert shown(db, piece) == []

    testimonials.say_yes(db, secret, "Mara", "Other words.", at=MONDAY + DAY)
    assert shown(db, piece) == ["Other words."]


def test_ada_hides_shows_and_withdraws(db, ada, eve, piece, asked):
    row, secret = asked
    testimonials.say_yes(db, secret, "Mara", WORDS, at=MONDAY)
    with pytest.raises(NotFound):
        testimonials.own(db, eve.id, row.id)

    testimonials.hide(testimonials.own(db, ada.id, row.id), at=MONDAY)
    assert shown(db, piece) == []
    testimonials.unhide(row)
    assert shown(db, piece) == [WORDS]
    testimonials.withdraw(row, at=MONDAY)

    assert (shown(db, piece), row.text) == ([], "")
    for rule in (testimonials.find, testimonials.take_back):
        with pytest.raises(NotFound):
            rule(db, secret, **({"at": MONDAY} if rule is testimonials.take_back else {}))


@pytest.mark.parametrize(("name", "text", "why"), [(" ", WORDS, "Write your name"), ("Mara", " ", "Write a sentence")])
def test_a_yes_needs_a_name_and_words(db, asked, name, text, why):
    with pytest.raises(Refused, match=why):
        testimonials.say_yes(db, asked[1], name, text, at=MONDAY)


def test_asking_has_limits(db, ada, eve, piece):
    with pytest.raises(NotFound):
        testimonials.ask(db, eve.id, piece.id, "Mara", at=MONDAY)
    with pytest.raises(Refused, match="Write the client's name"):
        testimonials.ask(db, ada.id, piece.id, " ", at=MONDAY)
    for _ in range(testimonials.MOST_A_DAY):
        testimonials.ask(db, ada.id, piece.id, "Mara", at=MONDAY)
    with pytest.raises(Refused, match="in the last 24 hours"):
        testimonials.ask(db, ada.id, piece.id, "Mara", at=MONDAY)
    assert testimonials.ask(db, ada.id, piece.id, "Mara", at=MONDAY + 2 * DAY)

    piece.is_reference = True
    with pytest.raises(Refused, match="somebody else's record"):
        testimonials.ask(db, ada.id, piece.id, "Mara", at=MONDAY + 2 * DAY)


# -- the pages -----------------------------------------------------------------------------------------------


def test_the_address_is_shown_once_and_works_without_an_account(as_ada, as_ben, anonymous, piece):
    page = f"/portfolio/pieces/{piece.id}"
    made = as_ada.send(f"{page}/testimonials", {"name": "Mara"}).location
    address = re.findall(r"/testimonials/([\w-]{43})", as_ada.get(made).text)[0]
    assert as_ada.get(made).status_code == 302

    opened = anonymous.get(f"/testimonials/{address}")
    assert "Ada asks for your words" in words(opened) and "Night bus" in words(opened)
    assert opened.headers["X-Robots-Tag"] == "noindex, nofollow" and "<audio" not in opened.text
    answer = anonymous.send(f"/testimonials/{address}/yes", {"name": "Mara", "text": ""})
    assert answer.status_code == 422 and "Please fill this in." in words(answer)
    anonymous.send(f"/testimonials/{address}/yes", {"name": "Mara", "text": WORDS})

    assert WORDS in words(as_ada.get(page)) and WORDS in words(as_ben.get(page))
    anonymous.send(f"/testimonials/{address}/no")
    assert WORDS not in words(as_ada.get(page)) and WORDS not in words(as_ben.get(page))


def test_a_wrong_address_and_a_withdrawn_one_look_the_same(as_ada, anonymous, asked):
    row, secret = asked
    as_ada.send(f"/portfolio/testimonials/{row.id}/withdrawn")

    gone, wrong = (anonymous.get(f"/testimonials/{one}") for one in (secret, "x" * 43))

    assert gone.status_code == wrong.status_code == 404
    assert gone.text == wrong.text


def test_guessing_addresses_ends_soon(anonymous):
    answers = [anonymous.get(f"/testimonials/{number:043d}").status_code for number in range(62)]

    assert answers[0] == 404 and answers[-1] == 429


def test_markup_in_a_clients_words_is_only_words(as_ada, anonymous, piece, asked):
    nasty = "<img src=x onerror=alert(1)>"
    anonymous.send(f"/testimonials/{asked[1]}/yes", {"name": nasty, "text": nasty})

    page = as_ada.get(f"/portfolio/pieces/{piece.id}").text

    assert nasty not in page and "&lt;img src=x" in page
