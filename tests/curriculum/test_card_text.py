"""Cards from the words in a lesson or in a form."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import prose
from curriculum.card_block import TYPES
from curriculum.card_text import own_cards

BAD = "<script>alert(1)</script>"
CHOICE = "- [ ] RCA\n- [x] XLR\n- [ ] MIDI"


def test_a_reverse_card_asks_both_ways() -> None:
    (there, back), faults = own_cards("own-1", "reverse", "half step", "semitone", "US and UK.", ["words"])

    assert faults == []
    assert (there.id, there.front, there.back) == ("own-1", "<p>half step</p>", "<p>semitone</p>")
    assert (back.id, back.front, back.back) == ("own-1.r", "<p>semitone</p>", "<p>half step</p>")
    assert there.block == back.block == "own-1"
    assert there.note == back.note == "<p>US and UK.</p>"
    assert there.tags == ("words",)


def test_a_choice_keeps_its_right_option_first_and_shows_it_as_the_answer() -> None:
    (card,), faults = own_cards("own-1", "choice", "Which carries 48 V?", CHOICE)

    assert faults == []
    assert card.options == ("XLR", "RCA", "MIDI")
    assert card.back == "<p>XLR</p>"


def test_options_are_markdown_of_one_line() -> None:
    (card,), _ = own_cards("own-1", "choice", "Q?", f"- [x] **C♯** `x`\n* [ ] {BAD}\n+ [X] no".replace("[X]", "[ ]"))

    assert card.options[0] == "<strong>C♯</strong> <code>x</code>"
    assert "<script" not in card.options[1]


@pytest.mark.parametrize(
    ("answer", "line", "text", "mend"),
    [
        ("- [x] a", None, "has 1 option", "2 to 6"),
        ("\n".join(f"- [{'x' if n == 2 else ' '}] o{n}" for n in range(7)), None, "has 7 options", "2 to 6"),
        ("- [ ] a\n- [ ] b", None, "no option", "- [x] so"),
        ("- [x] a\n- [x] b", None, "2 options of this choice are marked", "Keep one"),
        ("- [x] a\n- [ ] b\n- [ ] **A**", 2, 'the option "**A**" stands twice', "Keep one"),
        ("- [x] a\n- b", 1, 'the option "- b" has no box', "- [ ] a wrong one"),
        ("- [x] a\n\nb", 2, "this line is no option", "- [ ] a wrong one"),
        ("- [x] a\n- [y] b", 1, "has no box", "- [ ] a wrong one"),
        ("- [x] a\n- [ ] [b](https://example.com)", 1, "one line of text", "links"),
        ("- [x] a\n- [ ] # b", 1, "one line of text", "blocks"),
    ],
)
def test_a_choice_that_cannot_be_asked_is_named(answer: str, line: int | None, text: str, mend: str) -> None:
    cards, faults = own_cards("own-1", "choice", "Q?", answer)

    assert cards == []
    assert [(fault.part, fault.line) for fault in faults] == [("answer", line)]
    assert text in faults[0].text and mend in faults[0].mend


def test_several_gaps_with_hints_make_a_card_each() -> None:
    cards, _ = own_cards("own-1", "cloze", "{{1:XLR|a plug}} pin {{2:2|which?}} is {{1:hot|not cold}}.")

    assert [card.id for card in cards] == ["own-1.1", "own-1.2"]
    assert cards[0].front.count('<span class="gap">[a plug]</span>') == cards[0].front.count("[not cold]") == 1
    assert '<span class="gap">[which?]</span>' in cards[1].front and "XLR" in cards[1].front
    assert '<mark class="gap">XLR</mark>' in cards[0].back and '<mark class="gap">hot</mark>' in cards[0].back


def test_a_calculation_stands_open_in_lists() -> None:
    (card,), faults = own_cards(
        "own-1", "calculation", "Double **{x}**?", "x: 1..9\nanswer: 2 * x\nunit: Hz", "{answer}"
    )

    assert faults == []
    assert card.front.striptags() == "Double …?"
    assert card.back.striptags() == "2 * x (Hz)"
    assert card.note == "<p>…</p>"


@pytest.mark.parametrize(("type_", "answer"), [("basic", ""), ("typed", " | "), ("choice", "\n"), ("calculation", "")])
def test_a_card_without_an_answer_names_the_field(type_: str, answer: str) -> None:
    cards, faults = own_cards("own-1", type_, "Q?", answer)

    assert cards == []
    assert [(fault.part, fault.text) for fault in faults] == [("answer", "this card has no answer.")]


def test_a_typed_answer_that_nobody_can_type_is_named() -> None:
    _, faults = own_cards("own-1", "typed", "Q?", "...")

    assert "can never be typed right" in faults[0].text


def test_an_unknown_type_and_a_text_too_long_are_told() -> None:
    assert "unknown" in own_cards("own-1", "quiz", "Q?", "A")[1][0].text
    assert own_cards("own-1", "basic", "Q?", "A" * 5001)[1][0].part == "answer"


def test_windows_line_ends_change_nothing() -> None:
    text = "x: 1..9\nanswer: 2 * x"

    assert own_cards("own-1", "calculation", "{x}?", text) == own_cards(
        "own-1", "calculation", "{x}?\r\n", text.replace("\n", "\r\n")
    )


def test_a_learners_links_and_pictures_are_as_in_notes() -> None:
    (card,), _ = own_cards("own-1", "basic", "![cat](https://example.com/cat.png)", "[a](javascript:alert(1))")

    assert "<img" not in card.front and 'rel="nofollow noopener"' in card.front
    assert "javascript" not in card.back


@pytest.mark.parametrize("type_", TYPES)
def test_hostile_text_is_shown_as_text(type_: str) -> None:
    answers = {
        "choice": f"- [x] {BAD}\n- [ ] b",
        "calculation": f"x: 1..9\nanswer: 2 * x\nunit: {BAD}",
    }
    question = {"cloze": f"{BAD} {{{{{BAD}}}}}", "calculation": f"{BAD} {{x}}"}.get(type_, BAD)
    cards, faults = own_cards("own-1", type_, question, answers.get(type_, BAD), BAD)

    assert cards and faults == []
    for card in cards:
        for html in (card.front, card.back, card.note, *card.options):
            assert "<script" not in html


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([*TYPES, "x"]), st.text(max_size=80), st.text(max_size=80), st.text(max_size=40))
def test_nothing_that_a_learner_types_stops_the_form(type_: str, question: str, answer: str, note: str) -> None:
    cards, faults = own_cards("own-1", type_, question, answer, note)

    assert bool(cards) != bool(faults)


def test_what_would_keep_markdown_busy_is_refused() -> None:
    tangled = "[" * 4000

    assert prose.is_heavy(tangled) is bool(own_cards("own-1", "basic", tangled, "A")[1])
