"""Anki's template language and gaps, and the drafts made with them."""

import time
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curriculum.anki import cloze, drafts, stock, template
from curriculum.anki.package import Card, Draft, Notetype, Template
from curriculum.card_block import GAP

VALUES = {"Front": "What is <b>gain</b>?", "Back": "Level in", "Empty": "<br> ", "Kana": " 音楽[おんがく]は"}
PIECES = [
    "{{Front}}",
    "{{#Front}}",
    "{{/Front}}",
    "{{^Back}}",
    "{{/Back}}",
    "{{cloze:Front}}",
    "{{type:Back}}",
    "{{",
    "}}",
]
PIECES += [
    "{{c1::",
    "::",
    "{{c2::a::b}}",
    "<!--",
    "-->",
    "{{hint:Front}}",
    "{{furigana:Kana}}",
    "[sound:",
    "]",
    "text",
    "<",
    ">",
]
MESS = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=30).map("".join)
SECONDS = 10  # of CPU; half a second on a quiet machine, minutes where the time grows with the square


def front(text: str, values: dict[str, str] = VALUES, ord: int = 0, is_cloze: bool = False) -> str:
    return "".join(template.fill(template.parse(text), values, ord=ord, is_cloze=is_cloze).made)


def back(text: str, shown: str = "FRONT", ord: int = 0, is_cloze: bool = False, **values: str) -> str:
    side = template.fill(template.parse(text), VALUES | values, ord=ord, is_cloze=is_cloze, front=shown)
    return "".join(side.made)


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("{{Front}}", "What is <b>gain</b>?"),
        ("{{ Front }}!", "What is <b>gain</b>?!"),
        ("{{#Back}}A{{/Back}}{{^Back}}B{{/Back}}", "A"),
        ("{{#Empty}}A{{/Empty}}{{^Empty}}B{{/Empty}}", "B"),
        ("{{#Back}}{{#Front}}both{{/Front}}{{/Back}}", "both"),
        ("{{text:Front}}", "What is gain ?"),
        ("{{tts en_US voices=x:Front}}.", "."),
        ("{{Unknown}}.", "."),
        ("{{hint:Back}}", "<details><summary>Back</summary>Level in</details>"),
        ("{{hint:Empty}}", ""),
        ("{{type:Back}}", ""),
        ("{{furigana:Kana}}", " <ruby>音楽<rt>おんがく</rt></ruby>は"),
        ("{{kanji:Kana}}", " 音楽は"),
        ("{{kana:Kana}}", " おんがくは"),
        ("<!-- {{Front}} -->x", "<!-- {{Front}} -->x"),
        ("{{=<% %>=}}<%Back%>", "Level in"),
        ("{{unknown-filter:Back}}", "Level in"),
    ],
)
def test_a_front_is_made(text, made):
    assert front(text) == made


def test_a_back_has_the_front_and_what_was_to_be_typed():
    assert back("{{FrontSide}}<hr>{{type:Back}}") == "FRONT<hr>Level in"


@pytest.mark.parametrize("text", ["{{Front", "{{#Front}}x", "{{/Front}}", "{{#A}}{{#B}}{{/A}}{{/B}}", "{{#A}}" * 60])
def test_what_cannot_be_read_is_broken(text):
    with pytest.raises(template.Broken):
        template.parse(text)


def test_a_side_that_grows_without_end_is_broken():
    with pytest.raises(template.Broken):
        front("{{Front}}" * 2000, {"Front": "x" * 1000})


@given(MESS, MESS)
def test_any_template_is_made_or_broken(text, value):
    try:
        front(text, {"Front": value, "Back": value}, is_cloze=True)
    except template.Broken:
        return


@given(MESS)
def test_gaps_of_any_text_are_shown_without_a_fault(text):
    for number in (1, 2):
        cloze.show(text, number, is_front=True)
        cloze.only(text, number)
    ours = cloze.to_ours(text)
    assert ours is None or "{{c" not in ours


@pytest.mark.parametrize(
    "text",
    [
        "{{c1::" * 100_000,
        "{{c1::a::" * 100_000,
        "}}" * 200_000,
        "{{c1::{{c2::" * 5 + "::" * 200_000,
        "{{c1::x}}" * 50_000,
        "[sound:" * 60_000,
        "<" * 300_000,
        " a[" * 100_000,
        "{{c1,1,1,1::" * 40_000,
    ],
)
def test_texts_that_want_us_to_be_slow_are_quick(text):
    began = time.process_time()

    cloze.show(text, 1, is_front=False)
    cloze.to_ours(text)
    template.plain(text)
    template.SIMPLE["furigana"](text)
    drafts.readable(text)
    drafts.without_scripts(text)

    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize(
    ("text", "number", "question", "answer"),
    [
        ("A {{c1::fifth}}", 1, 'A <span class="gap">[…]</span>', 'A <mark class="gap">fifth</mark>'),
        ("{{c1::a::how}} b", 1, '<span class="gap">[how]</span> b', '<mark class="gap">a</mark> b'),
        ("{{c1::a}} {{c2::b}}", 2, 'a <span class="gap">[…]</span>', 'a <mark class="gap">b</mark>'),
        ("{{c1::a {{c2::b}}}}", 2, 'a <span class="gap">[…]</span>', 'a <mark class="gap">b</mark>'),
        ("{{c1,2::a}}", 2, '<span class="gap">[…]</span>', '<mark class="gap">a</mark>'),
        ("{{c1::a}}", 3, "", ""),
        ("no gap", 1, "", ""),
    ],
)
def test_a_gap_is_open_then_filled(text, number, question, answer):
    assert cloze.show(text, number, is_front=True) == question
    assert cloze.show(text, number, is_front=False) == answer


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("A {{c1::fifth}} has {{c2::seven::number}}", "A {{1:fifth}} has {{2:seven|number}}"),
        ("{{c1::a {{c2::b}}}}", None),
        ("{{c1::a|b}}", None),
        ("{{c1::{x}}}", None),
        ("{{c0::a}}", None),
        ("{{c1::a}} {{mustache}}", None),
        ("{{c1::}}", None),
    ],
)
def test_gaps_become_ours_where_ours_can_say_the_same(theirs, ours):
    assert cloze.to_ours(theirs) == ours


@given(
    st.lists(
        st.tuples(st.integers(1, 499), st.text("abc äß<b>/", min_size=1).filter(str.strip)), min_size=1, max_size=5
    )
)
def test_gaps_go_there_and_back(gaps):
    ours = " and ".join(f"{{{{{number}:{text}}}}}" for number, text in gaps)

    assert cloze.to_ours(cloze.from_ours(ours, GAP)) == ours


# Drafts


def card(ord: int = 0, deck: str = "Studio::Bass") -> Card:
    return Card(ord + 1, ord, deck, 0, 0, 1, 0, 0, 0, 0, 0, 0)


def made(front: str, back: str, values: dict[str, str], *, ords: tuple[int, ...] = (0,), is_cloze: bool = False):
    kind = Notetype(1, "Mine", is_cloze, tuple(values), (Template("Card 1", front, back),), "")
    left_out: Counter[str] = Counter()
    how = drafts.recipe(kind, is_occlusion=False)
    return drafts.drafts(how, values, ("a",), [card(ord) for ord in ords], left_out), left_out


def test_stock_cards_are_known_in_any_language():
    found, _ = made(
        "{{Vorderseite}}", "{{FrontSide}}\n<hr id=answer>\n{{Rückseite}}", {"Vorderseite": "F", "Rückseite": "R"}
    )

    assert found == (Draft("basic", "F", "R"),)


def test_what_more_a_template_says_makes_it_another():
    found, _ = made("Say: {{A}}", "{{FrontSide}}<hr id=answer>{{B}} ({{Deck}})", {"A": "x", "B": "y"})

    assert found == (Draft("basic", "Say: x", "y (Studio::Bass)"),)


def test_a_card_with_an_empty_front_is_counted_and_left_out():
    found, left_out = made("<i>{{A}}</i>:", "{{B}}", {"A": "<br>", "B": "y"})

    assert found == ()
    assert left_out == {drafts.EMPTY_CARDS: 1}


def test_a_broken_template_is_counted_and_left_out():
    found, left_out = made("{{#A}}", "{{B}}", {"A": "x", "B": "y"})

    assert (found, left_out) == ((), {drafts.BROKEN_CARDS: 1})


def test_typed_answers_with_a_bar_stay_whole():
    typed = "{{A}}{{type:B}}", "{{A}}<hr id=answer>{{type:B}}"

    (bar,), _ = made(*typed, {"A": "x", "B": "a|b"})
    (plain,), _ = made(*typed, {"A": "x", "B": "a &amp; <b>b</b>"})

    assert (bar.type, bar.answer) == ("basic", "a|b")
    assert (plain.type, plain.accepted) == ("typed", ("a & b",))


def test_image_occlusion_has_no_place():
    found, left_out = made(
        "{{cloze:Occlusion}}<div id=image-occlusion-container>", "x", {"Occlusion": "y"}, is_cloze=True
    )

    assert (found, left_out) == ((), {drafts.OCCLUSION_NOTES: 1})


def test_sounds_play_and_formulas_can_be_read():
    text = drafts.readable(
        '[sound:a "b".mp3] [latex]x^2[/latex] [$]y[/$] \\(z\\) [anki:tts lang=en_US]spoken[/anki:tts]'
    )

    assert text == ('<audio controls src="a &quot;b&quot;.mp3"></audio> <code>x^2</code> <code>y</code> \\(z\\) spoken')


def test_scripts_and_styles_of_a_template_go():
    assert drafts.without_scripts("a<SCRIPT x>1</script >b<style>2</style>c<script>") == "abc<script>"


@given(MESS, MESS, MESS)
def test_any_note_type_gives_drafts_or_counts(front, back, value):
    found, left_out = made(front, back, {"Front": value, "Back": "b", "Kana": value}, ords=(0, 1), is_cloze=True)

    assert len(found) + sum(left_out.values()) >= 1


def test_our_own_note_types_are_known_again():
    for type, own in stock.OWN.items():
        shape = stock.shape(type == "cloze", own.fields, own.templates)

        assert shape is not None
        assert (shape.type, shape.note, shape.own_id) == (type, "Note", stock.OWN_ID)
