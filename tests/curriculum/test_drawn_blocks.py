"""Pictures in lessons and cards: drawn after cleaning, mended by line, and told so that no answer is given away."""

import re

import pytest

from core import prose
from curriculum import card_pictures, lesson_file
from curriculum.card_block import SHOWING
from curriculum.card_text import own_cards
from curriculum.content import Card
from curriculum.pictures.blocks import Blocks
from tests.curriculum.small_content import FILES, PATH, line_of

TEXT = FILES[PATH]
ABC = "```abc\nL:1/4\nK:C\n{}\n```"


def read(text: str) -> lesson_file.Draft:
    return lesson_file.read(PATH, text)


def with_idea(words: str) -> str:
    return TEXT.replace("## Worked example", f"{words}\n\n## Worked example")


def with_card(fields: str, *parts: str) -> str:
    card = f"/// card | id: d5d5d5, {fields}\n" + "\n---\n".join(parts) + "\n///"
    return TEXT.replace("## Milestone", f"{card}\n\n## Milestone")


def card_of(text: str) -> Card:
    draft = read(text)
    assert [str(problem) for problem in draft.problems] == [] and draft.lesson
    return next(card for card in draft.lesson.cards if card.block == "d5d5d5")


def words_of(html: str) -> str:
    return " ".join(re.findall(r"<title>(.*?)</title>", html))


def test_a_lesson_shows_each_kind_of_picture() -> None:
    draft = read(
        with_idea(
            ABC.format("C E G|")
            + "\n\n- A list:\n\n    ```keyboard\n    C4 E4\n    ```\n\n"
            + "```pianoroll\nC4 0..2\n```\n\n~~~grid\nkick 1000\n~~~"
        )
    )

    assert draft.problems == () and draft.lesson
    html = draft.lesson.html
    assert html.count('<div class="drawn') == html.count("<svg ") == 4
    assert "quarter notes C4, E4 and G4" in html and "Marked: C4 and E4." in html
    assert re.search(r"<li>\s*<p>A list:</p>\s*<div class=\"drawn\"", html)
    assert "drawn-" not in re.sub(r"drawn-(wide|long)", "", html)


def test_other_code_stays_code_and_svg_that_is_typed_stays_text() -> None:
    typed = "```python\nabc\n```\n\n<svg><title>x</title></svg>\n\n`<svg onload=x>`"
    draft = read(with_idea(typed))

    assert draft.lesson and "<svg" not in draft.lesson.html
    assert "&lt;svg&gt;" in draft.lesson.html and '<code class="language-python">' in draft.lesson.html


def test_nobody_can_type_a_picture_by_its_mark() -> None:
    renderer = prose.Renderer(prose.LESSON, draws=Blocks().draws())
    renderer.html("```grid\nkick 1\n```")
    mark = renderer._blocks._mark

    assert "<svg" not in renderer.html(f"{mark}0")
    assert renderer._blocks._mark != mark


@pytest.mark.parametrize(
    ("block", "line", "text"),
    [
        (ABC.format("C H"), "C H", '"H" cannot be read'),
        ("```keyboard\nC4\nE99\n```", "E99", '"E99" is no key'),
        ("> ```grid\n> kick 1000\n> hat 10\n> ```", "hat 10", "this row has 2 slots"),
        ('```abc title="x"\nL:1/4\nK:C\nC\n```', '```abc title="x"', 'no option "title"'),
    ],
)
def test_a_picture_that_cannot_be_drawn_stops_the_check_at_its_line(block: str, line: str, text: str) -> None:
    lesson = with_idea(block)
    (problem,) = read(lesson).problems

    assert text in problem.text and problem.mend
    assert problem.line == line_of(lesson, line)


def test_a_picture_of_a_card_that_cannot_be_drawn_stops_the_check_at_its_line() -> None:
    lesson = with_card("type: notation", "Which note?\n\n" + ABC.format("C\nH"), "C4")
    (problem,) = read(lesson).problems

    assert '"H" cannot be read' in problem.text and problem.line == line_of(lesson, "H")


def test_a_card_shows_no_more_than_two_bars() -> None:
    (problem,) = read(with_card("type: notation", "Which?\n\n" + ABC.format("C|D|E|"), "C4")).problems

    assert "this has 3 bars. Show at most 2 on a card." in str(problem)
    assert read(with_idea(ABC.format("C|D|E|"))).problems == ()


@pytest.mark.parametrize(
    ("answer", "says", "hides"),
    [
        ("three", "quarter note G4", "%"),
        ("G4 | G", "quarter note on the second line", "G4"),
        ("- [x] G4\n- [ ] A4", "quarter note on the second line", "G4"),
        ("- [x] quarter note\n- [ ] half note", "a filled head with a stem, on the second line", "quarter"),
        ("67", "quarter note G4", "67"),
    ],
)
def test_the_words_beside_a_question_do_not_say_its_answer(answer: str, says: str, hides: str) -> None:
    card = card_of(with_card("type: notation", "What is it?\n\n" + ABC.format("G"), answer, ABC.format("G")))

    assert says in words_of(card.front) and hides not in words_of(card.front)
    assert "quarter note" in card.front or says != "quarter note G4"
    assert not card_pictures.gives_away(card)


def test_where_all_options_are_told_none_is_given_away() -> None:
    card = card_of(with_card("type: keyboard", "Which is higher?\n\n```keyboard\nC4 E4\n```", "- [x] E4\n- [ ] C4"))

    assert "Marked: C4 and E4." in words_of(card.front)


def test_an_article_is_no_note() -> None:
    card = card_of(with_card("type: notation", "Name it.\n\n" + ABC.format("[A^c]"), "A"))

    assert "in the second space and in the third space with a sharp" in words_of(card.front)


def test_words_that_cannot_keep_the_secret_are_refused_and_can_be_written_by_hand() -> None:
    question, answer = "How many beats does the grid show?\n\n```grid{}\nkick 1000 1000\n```", "2 beats"
    (problem,) = read(with_card("type: notation", question.format(""), answer)).problems

    assert "say the answer" in problem.text and 'words="' in problem.mend
    card = card_of(with_card("type: notation", question.format(' words="A kick grid."'), answer))
    assert words_of(card.front) == "A kick grid."


def test_the_picture_behind_the_answer_names_all() -> None:
    question = "Which note?\n\n" + ABC.format("G")
    card = card_of(with_card("type: notation", question, "G4", "An octave above:\n\n" + ABC.format("g")))

    assert "second line" in words_of(card.front) and "quarter note G5" in words_of(card.note)


@pytest.mark.parametrize(
    ("fields", "question", "answer"),
    [
        ("type: notation", ABC.format("G"), "- [x] the alto's\n- [ ] the bass's"),
        ("type: notation", "```grid\nkick 1000\n```", "3-2 son | son"),
        ("type: keyboard", "```keyboard\nC4 E4\n```", "- [x] a third\n- [ ] a fourth"),
        ("type: pianoroll", "```pianoroll\nC4 0..1\n```", "one"),
        ("type: basic", "```pianoroll\nC4 0..1\n```", "one"),
        ("type: cloze", "{{Here}} is a note.\n\n" + ABC.format("G"), ""),
    ],
)
def test_showing_cards_are_answered_as_a_choice_or_typed(fields: str, question: str, answer: str) -> None:
    parts = [f"Look.\n\n{question}" if "Look" not in question else question, *([answer] if answer else [])]
    card = card_of(with_card(fields, *parts))

    assert "<svg" in card.front
    assert bool(card.options) == answer.startswith("- [x]")


def test_the_list_of_questions_in_a_lesson_holds_no_picture() -> None:
    draft = read(with_card("type: notation", ABC.format("G") + "\n\nWhich note is this?", "G4"))

    assert draft.lesson
    assert "<li>Which note is this?</li>" in draft.lesson.html and "<svg" not in draft.lesson.html


@pytest.mark.parametrize("type_", SHOWING)
def test_learners_cards_show_blocks_as_they_are_typed(type_: str) -> None:
    (card,), faults = own_cards("own-1", "basic", ABC.format("G"), "G")

    assert faults == [] and "<svg" not in card.front and "K:C" in card.front
    assert own_cards("own-1", type_, ABC.format("G"), "G")[1]
