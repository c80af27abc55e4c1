import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curriculum import lesson_file
from curriculum.typed import compare_typed
from tests.curriculum.small_content import FILES, PATH, line_of

TEXT = FILES[PATH]


def read(text: str = TEXT) -> lesson_file.Draft:
    return lesson_file.read(PATH, text)


def lesson_of(draft: lesson_file.Draft) -> lesson_file.Lesson:
    assert draft.lesson
    return draft.lesson


def first_match(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found
    return found[0]


def with_card(card: str) -> str:
    """The lesson with one more card block before its milestone."""
    return TEXT.replace("## Milestone", f"{card}\n\n## Milestone")


def sentences(draft: lesson_file.Draft) -> list[str]:
    return [str(problem) for problem in draft.problems]


def test_a_good_lesson_is_read_whole():
    draft = read()

    assert sentences(draft) == []
    lesson = lesson_of(draft)
    assert (lesson.slug, lesson.title, lesson.minutes) == ("daw-path", "The path", 40)
    assert lesson.reviewed == date(2026, 11, 22)
    assert lesson.objectives == ("Name each stage.",)
    assert lesson.pictures == ("path.svg",)
    assert [text for level, _, text in lesson.headings if level == 2] == list(lesson_file.SECTIONS)


def test_windows_line_ends_and_a_byte_order_mark_change_nothing():
    lesson = lesson_of(read())
    other = lesson_of(read("\ufeff" + TEXT.replace("\n", "\r\n")))

    assert other == lesson


def test_course_links_and_pictures_lead_into_the_course():
    html = lesson_of(read()).html

    for address in ("/lessons/daw-beat", "/milestones/first-beat", "/glossary#preamp"):
        assert f'href="{address}"' in html
    assert 'src="/lessons/daw-path/pictures/path.svg"' in html


def test_a_link_to_a_heading_of_the_same_lesson_finds_it():
    draft = read(TEXT.replace("A cable was broken.", "See [it](#the-idea), not [that](#the-nothing)."))

    assert 'href="#s-the-idea"' in lesson_of(draft).html
    assert [problem.text for problem in draft.problems] == ['this lesson has no heading "#the-nothing".']


def test_each_step_is_a_box_in_its_label_with_a_key_made_from_its_text():
    lesson = lesson_of(read())

    assert [step.text for step in lesson.steps] == ["Draw the path.", "Play a sound."]
    for step in lesson.steps:
        box = first_match(rf'<label><input[^>]*data-step="{step.key}"[^>]*>', lesson.html)
        for attribute in ('type="checkbox"', 'form="steps"', 'name="step"', f'value="{step.key}"'):
            assert attribute in box


def test_steps_keep_their_keys_when_they_move_and_doubles_are_counted():
    text = "- [ ] Draw the path.\n- [ ] Play a sound.\n"
    moved = "- [ ] Play a sound.\n- [x] Draw the  path.\n- [ ] Draw the path.\n"
    before = {step.text: step.key for step in lesson_of(read()).steps}
    after = lesson_of(read(TEXT.replace(text, moved))).steps

    assert [step.key for step in after] == [
        before["Play a sound."],
        before["Draw the path."],
        before["Draw the path."] + "-2",
    ]


def test_every_key_survives_the_cleaning_whatever_it_begins_with():
    steps = "".join(f"- [ ] Step number {number}.\n" for number in range(60))
    lesson = lesson_of(read(TEXT.replace("- [ ] Draw the path.\n", steps)))

    assert {step.key[0].isdigit() for step in lesson.steps} == {True, False}
    assert all(f'data-step="{step.key}"' in lesson.html for step in lesson.steps)


def test_cards_in_the_page_become_one_folded_list_of_questions():
    html = lesson_of(read()).html

    fold = html[html.index('<details class="lesson-cards">') :]
    fold = fold[: fold.index("</details>")]
    assert "What 4 cards will ask you later" in fold
    assert fold.count("<li>") == 3
    assert "Which stage turns a signal into numbers?" in fold
    assert "The converter." not in html and "behind the preamp" not in html
    assert "Pin [a number] is hot, pin […] is cold." in fold


def test_every_kind_of_card_stands_readable_in_the_list():
    cards = (
        "/// card | id: mmmmmm, type: reverse\nhalf step\n---\nsemitone\n///\n\n"
        "/// card | id: nnnnnn, type: calculation\nA beat at {bpm} BPM, {bpm * 2:1} and *on*?\n---\n"
        "bpm: 60..180\nanswer: 60000 / bpm\nunit: ms\nround: 1\n///\n\n"
        "/// card | id: pppppp, type: choice\nWhich plug?\n---\n- [x] XLR\n- [ ] RCA\n///"
    )
    draft = read(with_card(cards))
    html = lesson_of(draft).html

    assert sentences(draft) == []
    assert "What 8 cards will ask you later" in html
    assert "A beat at … BPM, … and <em>on</em>?" in html and "Which plug?" in html and "half step" in html
    assert "semitone" not in html and "XLR" not in html and "60000" not in html
    assert [card.id for card in lesson_of(draft).cards][-4:] == ["mmmmmm", "mmmmmm.r", "nnnnnn", "pppppp"]


def test_a_card_may_stand_in_the_text_it_belongs_to():
    card = "/// card | id: mmmmmm, type: basic\nQ?\n---\nA.\n///"
    draft = read(
        TEXT.replace(
            "- Line into mic.", f"- Line into mic.\n\n!!! tip\n    {card.replace(chr(10), chr(10) + '    ')}\n"
        )
    )

    assert sentences(draft) == []
    assert lesson_of(draft).html.count('<details class="lesson-cards">') == 2
    assert [card.back for card in lesson_of(draft).cards if card.id == "mmmmmm"] == ["<p>A.</p>"]


def test_a_basic_card_has_its_three_parts():
    card = lesson_of(read()).cards[0]

    assert (card.id, card.block, card.type, card.lesson) == ("aaaaaa", "aaaaaa", "basic", "daw-path")
    assert card.front == "<p>Which stage turns a signal into numbers?</p>"
    assert card.back == "<p>The converter.</p>"
    assert card.note == "<p>It sits behind the preamp.</p>"
    assert card.tags == ("levels", "path")
    assert card.line == line_of(TEXT, "id: aaaaaa")


def test_a_cloze_text_makes_one_card_for_each_number():
    first, second = (card for card in lesson_of(read()).cards if card.block == "bbbbbb")

    assert (first.id, second.id) == ("bbbbbb.1", "bbbbbb.2")
    assert '<span class="gap">[a number]</span> is hot, pin <span>3</span> is cold' in first.front
    assert '<mark class="gap">2</mark>' in first.back
    assert '<span class="gap">[…]</span>' in second.front and "2" in second.front


def test_a_bare_gap_is_number_one_and_equal_numbers_are_one_card():
    draft = read(with_card("/// card | id: mmmmmm, type: cloze\n{{A}} and {{1:*B*}}, with `{{C}}` in code.\n///"))
    cards = [card for card in lesson_of(draft).cards if card.block == "mmmmmm"]

    assert [card.id for card in cards] == ["mmmmmm.1"]
    assert cards[0].front.count("[…]") == 3
    assert '<mark class="gap"><em>B</em></mark>' in cards[0].back


def test_a_typed_card_shows_its_first_variant_and_knows_its_source():
    card = lesson_of(read()).cards[-1]

    assert card.accepted == ("F sharp", "G♭")
    assert card.back == "<p>F sharp</p>"
    assert (card.source, card.checked, card.country) == ("A book", date(2026, 11, 22), "US")


def test_a_typed_answer_is_text_and_not_markdown():
    draft = read(with_card("/// card | id: mmmmmm, type: typed\nQ?\n---\n# <b> *x* | y\n///"))

    assert lesson_of(draft).cards[-1].back == "<p># &lt;b&gt; *x*</p>"


def test_a_card_keeps_its_own_syntax_to_itself():
    body = '- a\n- b\n\n```\n---\n///\n```\n\n??? question "x"\n    y\n\n[^1]: no\n---\n| a |\n|---|\n| 1 |'
    draft = read(with_card(f"/// card | id: mmmmmm, type: basic\n{body}\n///"))
    card = lesson_of(draft).cards[-1]

    assert sentences(draft) == []
    assert "---\n///" in card.front and "<li>a</li>" in card.front
    assert "<td>1</td>" in card.back
    assert lesson_of(draft).html.count("A book. Read") == 1


def test_changing_a_cards_text_changes_its_version_and_moving_it_does_not():
    card = lesson_of(read()).cards[0]
    moved = lesson_of(read(TEXT.replace("## Recall first", "Words.\n\n## Recall first"))).cards[0]
    changed = lesson_of(read(TEXT.replace("The converter.", "A converter."))).cards[0]

    assert moved.line == card.line + 2 and moved.version == card.version
    assert changed.id == card.id and changed.version != card.version


def test_the_hash_tells_a_changed_text_from_a_new_review_date():
    lesson = lesson_of(read())

    assert lesson_of(read(TEXT.replace("reviewed: 2026-11-22", "reviewed: 2026-12-01"))).hash == lesson.hash
    assert lesson_of(read(TEXT.replace("A cable was broken.", "A cable broke."))).hash != lesson.hash


def test_a_card_shown_as_an_example_in_code_is_no_card():
    draft = read(TEXT.replace("- Line into mic.", "```\n/// card | type: basic\nQ\n---\nA\n///\n```"))

    assert sentences(draft) == []
    assert len(lesson_of(draft).cards) == 4


def test_hostile_text_in_a_lesson_and_its_cards_is_shown_as_text():
    bad = "<script>alert(1)</script>"
    draft = read(
        with_card(f"/// card | id: mmmmmm, type: basic\n{bad}\n---\n{bad}\n---\n{bad}\n///")
        .replace("Draw the path.", f"Draw {bad}.")
        .replace('"Reaper"', f'"{bad}"')
        .replace("title: The path", f"title: {bad}")
    )
    card = lesson_of(draft).cards[-1]

    for html in (lesson_of(draft).html, card.front, card.back, card.note):
        assert "<script" not in html and "&lt;script&gt;" in html


@pytest.mark.parametrize(
    ("card", "text", "mend"),
    [
        ("/// card | type: basic\nQ?\n---\nA.\n///", "no id", "content stamp"),
        ("/// card | id: k7m2q, type: basic\nQ?\n---\nA.\n///", '"k7m2q" is not six', "content stamp"),
        ("/// card | id: mmmmmm, type: quiz\nQ?\n---\nA.\n///", 'card type "quiz" is unknown', "basic, reverse, cloze"),
        ("/// card | id: mmmmmm\nQ?\n---\nA.\n///", "no type", "basic, reverse, cloze"),
        ("/// card | id: mmmmmm, type: basic\nQ?\n///", "no answer", "after a line of ---"),
        ("/// card | id: mmmmmm, type: typed\nQ?\n---\n | \n///", "no answer", "after a line of ---"),
        ("/// card | id: mmmmmm, type: basic\n---\nA.\n///", "no question", "below the card's first line"),
        ("/// card | id: mmmmmm, type: basic\nQ?\n---\nA.\n---\nN.\n---\nM.\n///", "4 parts", "second card"),
        ("/// card | id: mmmmmm, type: cloze\nNo gap.\n///", "no gap", "{{so}}"),
        ("/// card | id: mmmmmm, type: cloze\n{{a}} and {{b\n///", "cannot be read", "{{gap|hint}}"),
        ("/// card | id: mmmmmm, type: cloze\n```\n{{a}}\n```\n///", "stands in code", "out of the code"),
        ("/// card | id: mmmmmm, type: basic, colour: red\nQ?\n---\nA.\n///", 'no field "colour"', "no comma"),
        ("/// card | id: mmmmmm, type: basic, checked: soon\nQ?\n---\nA.\n///", '"soon" is not a day', "2026-11-22"),
        ("/// card | id: mmmmmm, type: basic\nQ?\n---\nA.\n", "no end", "three slashes"),
        ("/// crad | id: mmmmmm, type: basic\nQ?\n---\nA.\n", 'no block called "crad"', "/// card"),
    ],
)
def test_a_broken_card_is_named_with_its_line_and_mend(card, text, mend):
    broken = with_card(card)
    draft = read(broken)

    assert len(draft.problems) == 1
    problem = draft.problems[0]
    assert problem.line == line_of(broken, card.splitlines()[0])
    assert text in problem.text and mend in problem.mend
    assert len(lesson_of(draft).cards) == 4


def test_two_cards_of_which_the_first_is_not_closed_are_told_apart():
    broken = TEXT.replace("It sits behind the preamp.\n///", "It sits behind the preamp.")
    draft = read(broken)

    assert [(problem.line, problem.text) for problem in draft.problems] == [
        (line_of(broken, "id: aaaaaa"), "this card has no end.")
    ]
    assert [card.block for card in lesson_of(draft).cards] == ["bbbbbb", "bbbbbb", "cccccc"]


@pytest.mark.parametrize(
    ("old", "new", "mark", "text"),
    [
        ("## Pitfalls\n\n- Line into mic.\n\n", "", "## Exercise", 'the section "Pitfalls" is missing'),
        ("## Sources\n", "", None, 'the section "Sources" is missing'),
        ("## Check\n", "## Test\n", "## Test", 'there is no section "Test"'),
        ("## Pitfalls", "## Check\n\nx\n\n## Pitfalls", "## Pitfalls", 'the section "Pitfalls" stands after "Check"'),
        ("## Sources", "## Check\n\n## Sources", "## Check\n\n## Sources", 'the section "Check" stands twice'),
        ("## Recall first", "# The path\n\n## Recall first", "# The path", "has one #"),
        ("- Line into mic.", "Line into mic.\n---\nx", "Line into mic.", "makes a heading of it"),
    ],
)
def test_sections_are_all_there_and_in_order(old, new, mark, text):
    broken = TEXT.replace(old, new)
    draft = read(broken)

    lines = {problem.line for problem in draft.problems if text in problem.text}
    assert lines == {line_of(broken, mark) if mark else len(broken.split("\n"))}


def test_headings_in_code_and_in_cards_are_no_sections():
    card = "/// card | id: mmmmmm, type: basic\n## Pitfalls\n---\nA.\n///"

    assert sentences(read(with_card("```\n## Nothing\n```\n\n" + card))) == []


@settings(max_examples=120, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(TEXT.splitlines(keepends=True)),
            st.sampled_from(
                ["/// card\n", "///\n", "---\n", "{{", "}}", "{{1:a|b}}", "```\n", "    ", "- [ ] ", "\ufeff"]
            ),
            st.text(max_size=8),
        ),
        max_size=40,
    ).map("".join)
)
def test_no_file_however_odd_stops_the_reading(text):
    for whole in (text, TEXT.split("## Recall")[0] + text):
        draft = read(whole)
        assert draft.problems
        assert all(problem.line >= 1 for problem in draft.problems)


@pytest.mark.parametrize(
    ("typed", "accepted"),
    [
        ("f SHARP", "F♯"),
        ("F#", "F sharp"),
        ("f-sharp minor", "F♯ minor"),
        ("Bb", "B♭"),
        ("b flat", "Bb"),
        ("C♯m7", "c#m7"),
        ("e♭maj7", "Ebmaj7"),
        ("  the   converter. ", "The converter"),
        ("20kHz", "20 kHz"),
        ("crescendo", "Créscendo"),
        ("half-step", "half step"),
        ("−6 dB", "-6 dB"),
        ("don’t", "don't"),
    ],
)
def test_a_typed_answer_may_differ_in_what_does_not_matter(typed, accepted):
    assert compare_typed(typed, accepted) and compare_typed(accepted, typed)


@pytest.mark.parametrize(
    ("typed", "accepted"),
    [
        ("F", "F#"),
        ("B", "Bb"),
        ("Bb", "B#"),
        ("A b", "Ab"),
        ("flat", "♭"),
        ("1 2", "12"),
        ("321", "3-2-1"),
        ("6 dB", "-6 dB"),
        ("", ""),
        (" . ", "."),
    ],
)
def test_a_typed_answer_may_not_differ_in_what_matters(typed, accepted):
    assert not compare_typed(typed, accepted)


@given(st.text(max_size=30), st.text(max_size=30))
def test_comparing_is_the_same_both_ways_and_blind_to_case(one, other):
    assert compare_typed(one, other) == compare_typed(other, one)
    if compare_typed(one, one):
        assert compare_typed(f" {one} ", one)
