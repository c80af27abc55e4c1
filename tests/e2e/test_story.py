"""The main job in two browsers, from an empty folder to a signed-off milestone, and a killed server after it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e import sounds
from tests.e2e.conftest import Opener
from tests.e2e.pages import DESKTOP, PHONE
from tests.e2e.server import Server

PASSWORD = "seven slow brown foxes"
SECONDS = 4.0
WAV = {"name": "night-bus-v1.wav", "mimeType": "audio/wav", "buffer": sounds.wav(SECONDS)}
MP3 = {"name": "night-bus-v2.mp3", "mimeType": "audio/mpeg", "buffer": sounds.mp3(SECONDS, tempo=120)}
NOTES = "Sung quietly, **mixed loudly**."
PROMISE = "Bounce a version with an ending"
RETURN = "It stops in the middle of a bar. Give it an ending."
# How long the sound is (s) once it can play; and how far it came (s), at most 5 s later.
READY = """audio => new Promise(done => {
  if (audio.readyState > 2) done(audio.duration);
  audio.oncanplay = () => done(audio.duration);
  audio.preload = "auto";
})"""
PLAYED = """audio => new Promise(done => {
  audio.ontimeupdate = () => { if (audio.currentTime > 0.2) done(audio.currentTime); };
  setTimeout(() => done(audio.currentTime), 5000);
})"""
REVIEW_ID = "[data-desk-grades] [name=id]"  # another one in each answer of the server
CLIPBOARD = ["clipboard-read", "clipboard-write"]


def test_two_people_go_from_an_empty_folder_to_a_verified_milestone_that_outlives_a_killed_server(
    server: Server, open_browser: Opener
) -> None:
    ada, ada_watch = open_browser(DESKTOP, timezone_id="Europe/Berlin", permissions=CLIPBOARD)
    ben, ben_watch = open_browser(PHONE, timezone_id="Europe/London", has_touch=True, is_mobile=True)

    ada.goto("/")
    makes_the_first_account(ada)
    answers_two_of_three_questions(ada)
    reads_a_lesson(ada)
    answers_cards_with_the_keyboard(ada)
    address = invites_a_mentor(ada)
    accepts(ben, address)
    meeting = logs_a_meeting(ben)
    sees_the_meeting(ada, meeting)
    piece = uploads_a_piece(ada)
    plays_in_the_page(ada)
    hands_in(ada)
    skips_all_questions(ben)
    returns_it(ben)
    uploads_a_version(ada, piece)
    hands_in_again(ada)
    verifies_it(ben)
    seen_by_ben = [piece, ben.url, file_of(ben)]
    ends_the_link(ada)
    with ben_watch.expecting(404):
        for one in seen_by_ben:
            answer = ben.goto(one)
            assert answer and answer.status == 404, one
    reads_the_meeting(ben, meeting)
    server.kill()
    server.start()
    all_is_there(ada, piece, meeting)
    reads_the_meeting(ben, meeting)
    assert ada_watch.faults == ben_watch.faults == []


def test_reading_reviewing_and_logging_work_without_scripts(open_browser: Opener) -> None:
    page, _ = open_browser(PHONE, java_script_enabled=False)
    page.goto("/")
    makes_the_first_account(page)
    page.get_by_role("button", name="Skip").click()
    expect(page.get_by_role("heading", name=re.compile("Good .+, Ada"))).to_be_visible()

    page.goto("/lessons/daw-signal-path")
    steps = page.locator("[data-step]")
    steps.nth(1).check()
    page.get_by_role("button", name="Save the steps").click()
    expect(page.get_by_text(re.compile(r"1 of \d+ steps are ticked"))).to_be_visible()
    assert [box.is_checked() for box in steps.all()[:3]] == [False, True, False]
    page.get_by_role("button", name="Mark done").click()
    page.locator("#after").get_by_role("link", name="reviews").click()

    question, done = page.locator(".desk-question"), page.get_by_role("heading", name="Done for today")
    answered = 0
    expect(question).to_be_visible()
    while not done.is_visible():
        review_id = page.locator(REVIEW_ID).get_attribute("value")
        if page.get_by_label("Your answer").is_visible():
            page.get_by_label("Your answer").fill("48 V")
        page.get_by_role("button", name=re.compile("Show the answer|Check my answer")).click()
        expect(page.locator(f"{REVIEW_ID}[value='{review_id}']")).to_have_count(0)
        review_id = page.locator(REVIEW_ID).get_attribute("value")
        page.get_by_role("button", name="Easy").click()
        expect(page.locator(f"{REVIEW_ID}[value='{review_id}']")).to_have_count(0)
        expect(question.or_(done)).to_be_visible()
        answered += 1
        assert answered < 40, "the desk goes round in circles"
    page.get_by_role("button", name="Undo the last answer").click()
    expect(question).to_be_visible()

    page.goto("/sessions")
    logs_practice(page).click()
    expect(page.get_by_role("heading", level=1, name="Practice")).to_be_visible()
    page.goto("/sessions")
    expect(page.get_by_role("link", name="Practice")).to_have_count(1)


@pytest.mark.parametrize(("has_scripts", "sent"), [(True, 1), (False, 2)], ids=["scripts", "no scripts"])
def test_a_double_click_makes_one_record(open_browser: Opener, has_scripts: bool, sent: int) -> None:
    """The script sends the form once; without it both arrive, and the server counts one."""
    page, _ = open_browser(DESKTOP, java_script_enabled=has_scripts)
    page.goto("/")
    makes_the_first_account(page)
    page.goto("/sessions")
    held: list[Route] = []
    page.route("**/sessions/new", lambda route: held.append(route))

    button = logs_practice(page)
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    assert box
    for _ in range(2):  # the second one while the first is under way
        page.mouse.click(box["x"] + 20, box["y"] + 20)
        page.wait_for_timeout(300)
    posts = [route for route in held if route.request.method == "POST"]
    for route in posts[:-1]:
        assert route.fetch(max_redirects=0).status == 303
    posts[-1].continue_()
    expect(page.get_by_role("heading", level=1, name="Practice")).to_be_visible()
    page.unroute_all()
    page.goto("/sessions")

    assert len(posts) == sent
    expect(page.get_by_role("link", name="Practice")).to_have_count(1)


def logs_practice(page: Page) -> Locator:
    """Fill the short form; returns its button."""
    page.get_by_label("Minutes").fill("25")
    page.get_by_label("Three lines").fill("Paradiddles at 72.")
    return page.get_by_role("button", name="Log it")


# -- Ada begins ----------------------------------------------------------------------------------------------


def makes_the_first_account(page: Page) -> None:
    expect(page.get_by_role("heading", name="Welcome to Woodshed")).to_be_visible()
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("E-mail address").fill("ada@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make my account").click()


def answers_two_of_three_questions(page: Page) -> None:
    expect(page.get_by_role("heading", name="Welcome, Ada")).to_be_visible()
    page.get_by_label("What do you make").fill("Beats, mostly on the night bus")
    expect(page.get_by_label("Which DAW")).to_have_value("")  # the one she skips
    page.get_by_label("Nine months with a mentor").check()
    page.get_by_role("button", name="Save and begin").click()
    expect(page.get_by_role("heading", name=re.compile("Good .+, Ada"))).to_be_visible()


def reads_a_lesson(page: Page) -> None:
    page.get_by_role("link", name="Start with the first lesson").click()
    expect(page.get_by_role("heading", level=1, name="The path a sound takes")).to_be_visible()
    page.wait_for_load_state()  # until scripts run
    steps = page.locator("[data-step]")
    for number in (0, 2):
        steps.nth(number).check()
        expect(page.locator("[data-steps-said]")).to_contain_text("Saved")
    page.reload()
    assert [box.is_checked() for box in steps.all()[:4]] == [True, False, True, False]

    page.get_by_role("button", name="Mark done").click()
    expect(page.get_by_text(re.compile(r"\d+ cards joined your reviews"))).to_be_visible()


def answers_cards_with_the_keyboard(page: Page) -> None:
    """Each of the four answers, one of them undone; at the end she sees when each card comes back."""
    page.locator("#after").get_by_role("link", name="reviews").click()
    question, done = page.locator(".desk-question"), page.get_by_role("heading", name="Done for today")
    page.wait_for_url("**/reviews")
    grades = iter("1234")
    seen: list[str] = []
    has_undone = False
    expect(question.or_(done)).to_be_visible()
    while not done.is_visible():
        if len(seen) > 4 and not has_undone and not page.get_by_label("Your answer").is_visible():
            page.keyboard.press("u")
            expect(page.locator(f".desk-card[data-card='{seen.pop()}']")).to_be_visible()
            has_undone = True
        seen.append(recalls(page, next(grades, "3")))
        assert len(seen) < 40, "the desk goes round in circles"
        expect(question.or_(done)).to_be_visible()
    rows = page.get_by_role("row").filter(has=page.get_by_role("cell"))
    expect(rows).to_have_count(len(set(seen)))
    expect(rows.get_by_role("time")).to_have_count(len(set(seen)))
    assert has_undone


def recalls(page: Page, grade: str) -> str:
    """Answer the card on the desk with keys alone; returns its id: a sum asks for other values each time."""
    card = page.locator(".desk-card").get_attribute("data-card")
    assert card
    if page.get_by_label("Your answer").is_visible():
        page.keyboard.type("I do not know")
        page.keyboard.press("Enter")
    else:
        page.keyboard.press("Space")
    expect(page.locator(".desk-answer")).to_be_visible()
    expect(page.locator(".desk-interval")).to_have_text([re.compile(r"\d")] * 4)
    review_id = page.locator(REVIEW_ID).get_attribute("value")
    page.keyboard.press(grade)
    expect(page.locator(f"{REVIEW_ID}[value='{review_id}']")).to_have_count(0)
    return card


# -- the two of them -----------------------------------------------------------------------------------------


def invites_a_mentor(page: Page) -> str:
    """Returns the address that she copied."""
    page.get_by_text("Ada", exact=True).click()
    page.get_by_role("link", name="Mentors").click()
    page.get_by_label("Their name").first.fill("Ben")
    page.get_by_role("button", name="Invite a mentor").click()
    page.wait_for_url("**/invitations/made")
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied: str = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.get_by_label("Send this address").input_value()
    return copied


def accepts(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_role("heading", name="Ada asks you to be a mentor")).to_be_visible()
    page.get_by_role("link", name="Make an account").click()
    page.get_by_label("Your name").fill("Ben")
    page.get_by_label("E-mail address").fill("ben@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make my account").click()
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_role("heading", level=1, name="Ada")).to_be_visible()


def day(away: int) -> str:
    return (datetime.now(UTC) + timedelta(days=away)).date().isoformat()


def logs_a_meeting(page: Page) -> str:
    """Returns its address."""
    page.get_by_role("link", name="Log a meeting").click()
    page.get_by_label("Day").fill(day(-1))
    page.get_by_label("Minutes").fill("45")
    page.get_by_label("What we did").fill(NOTES)
    page.locator("#f-next").fill(PROMISE)
    page.get_by_text("More: time, place").click()
    page.get_by_label("Began at").fill("18:00")
    page.get_by_label("Next step by").fill(day(7))
    page.get_by_label("Place").fill("At Ben's")
    page.get_by_role("button", name="Log it").click()
    reads_the_meeting(page, page.url)
    return page.url


def reads_the_meeting(page: Page, address: str) -> None:
    if page.url != address:
        page.goto(address)
    main = page.get_by_role("main")
    expect(main.get_by_role("heading", level=1)).to_contain_text("Meeting with")
    for words in ("45 min", "At Ben's", "mixed loudly", PROMISE):
        expect(main).to_contain_text(words)


def sees_the_meeting(page: Page, address: str) -> None:
    page.get_by_role("link", name="Today").first.click()
    expect(page.get_by_role("main")).to_contain_text(PROMISE)
    page.get_by_role("link", name="Sessions").first.click()
    page.get_by_role("link", name="Meeting with Ben").first.click()
    reads_the_meeting(page, address)
    expect(page.get_by_role("main")).to_contain_text("19:00 CE")  # 18:00 on Ben's clock


# -- piece and milestone -------------------------------------------------------------------------------------


def uploads_a_piece(page: Page) -> str:
    """Returns its address."""
    page.get_by_role("link", name="Portfolio").first.click()
    page.get_by_role("link", name="Add the first piece").click()
    page.get_by_label("Title").fill("Night bus")
    page.get_by_label("First version").set_input_files(files=[WAV])
    page.get_by_role("button", name="Add the piece").click()
    expect(page.get_by_role("heading", level=1, name="Night bus")).to_be_visible()
    expect(page.get_by_text("is in your portfolio")).to_be_visible()
    return page.url


def plays_in_the_page(page: Page) -> None:
    """The sound is there, moves on when Space is pressed, and its file is answered in parts."""
    audio = page.locator("audio").first
    assert abs(audio.evaluate(READY) - SECONDS) < 0.1
    audio.focus()
    page.keyboard.press("Space")
    assert audio.evaluate(PLAYED) > 0.2
    part = page.request.get(file_of(page), headers={"Range": "bytes=44-143"})
    assert (part.status, part.body()) == (206, WAV["buffer"][44:144])


def file_of(page: Page) -> str:
    """The address of the page's first sound."""
    address: str = page.locator("audio").first.evaluate("audio => audio.currentSrc || audio.src")
    return address


def hands_in(page: Page) -> None:
    """Links the beat, marks herself and sends it, with a reason for each criterion that is not met."""
    page.get_by_role("link", name="Milestones").first.click()
    page.get_by_role("link", name="First finished beat").click()
    page.get_by_role("button", name="Start this milestone").click()
    beat = page.get_by_role("listitem").filter(has_text="60-90 second instrumental").filter(has=page.locator("select"))
    beat.locator("select").select_option(label="Night bus, V1 (draft)")
    beat.get_by_role("button", name="Link it").click()
    expect(page.get_by_role("link", name="Night bus, V1")).to_be_visible()
    page.get_by_label("Clear start, middle and end").check()
    page.get_by_label("What you hear").fill("The groove holds; the end comes too soon.")
    page.get_by_role("button", name="Keep my mark").click()
    expect(page.get_by_text("Your mark is kept")).to_be_visible()
    checks_and_sends(page)


def checks_and_sends(page: Page) -> None:
    """All targets hold but the first; what is not met gets its reason."""
    for box in page.locator("[name=checked]").all()[1:]:
        box.check()
    for summary in page.locator("form:has([name=checked]) details:not([open]) > summary").all()[:1]:
        summary.click()
    for reason in page.locator("[name^='reasons.']:visible").all():
        if not reason.input_value():
            reason.fill("Comes with the next version.")
    page.get_by_role("button", name="Send to Ben").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("submitted")


def skips_all_questions(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Skip").click()
    expect(page.get_by_role("heading", name=re.compile("Good .+, Ben"))).to_be_visible()


def opens_what_waits(page: Page) -> None:
    page.goto("/")
    waiting = page.locator("section").filter(has=page.get_by_role("heading", name="Waits for you"))
    waiting.get_by_role("link", name="M01 to look at").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("submitted")


def returns_it(page: Page) -> None:
    opens_what_waits(page)
    plays_in_the_page(page)
    page.get_by_label("What is missing").fill(RETURN)
    page.get_by_role("button", name="Return it to Ada").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("returned")


def uploads_a_version(page: Page, piece: str) -> None:
    page.goto(piece)
    page.get_by_label("File").set_input_files(files=[MP3])
    page.get_by_label("What changed").fill("The second half breathes now.")
    page.get_by_role("button", name="Upload the version").click()
    expect(page.get_by_text("V2 of Night bus is here")).to_be_visible()
    expect(page.get_by_role("link", name="Version 1")).to_be_visible()


def hands_in_again(page: Page) -> None:
    page.goto("/milestones/first-beat")
    expect(page.get_by_role("main")).to_contain_text(RETURN)
    page.get_by_role("button", name="Show V2 instead").click()
    expect(page.get_by_role("link", name="Night bus, V2")).to_be_visible()
    checks_and_sends(page)


def verifies_it(page: Page) -> None:
    opens_what_waits(page)
    expect(page.get_by_role("link", name="Night bus, V2")).to_be_visible()
    page.get_by_text("Another level, or your own words").click()
    page.get_by_label(re.compile("Clear start, middle and end")).check()
    page.get_by_label("What you heard").fill("It ends where it should.")
    page.get_by_role("button", name="Verify this milestone").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("verified")


# -- the end, and after it -----------------------------------------------------------------------------------


def ends_the_link(page: Page) -> None:
    page.goto("/mentors")
    page.get_by_role("main").get_by_role("link", name="Ben", exact=True).click()
    page.get_by_text("End the link", exact=True).click()
    page.get_by_role("button", name="End the link with Ben").click()
    expect(page.get_by_text("The link has ended")).to_be_visible()


def all_is_there(page: Page, piece: str, meeting: str) -> None:
    page.goto("/lessons/daw-signal-path")
    assert [box.is_checked() for box in page.locator("[data-step]").all()[:4]] == [True, False, True, False]
    page.goto("/reviews")
    expect(page.get_by_role("heading", name="Done for today")).to_be_visible()
    page.goto(piece)
    assert page.request.get(file_of(page)).body() == MP3["buffer"]
    page.get_by_role("link", name="Version 1").click()
    assert page.request.get(file_of(page)).body() == WAV["buffer"]
    page.goto("/milestones/first-beat")
    expect(page.get_by_role("heading", level=1)).to_contain_text("verified")
    expect(page.get_by_role("main")).to_contain_text("Ben")
    reads_the_meeting(page, meeting)
