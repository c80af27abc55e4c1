"""Measures on a piece's page: figures beside targets, a reference, and the owner's word on tempo and key."""

import io

import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Refused
from mentorship import evidence, figure_words, measures, meter_pictures, milestones, portfolio
from mentorship.figure_words import Window
from tests.curriculum.audio import signals
from tests.mentorship.counting import statements
from tests.mentorship.measured import SECONDS, curves, figures, measured
from tests.times import DAY, MONDAY

LOUD = Window("integrated", -16, -8, "Integrated", "M15")
PEAK = Window("true_peak", None, -1, "True peak", "M15")


@pytest.mark.parametrize(
    ("window", "value", "at", "text", "is_met"),
    [
        (LOUD, -5.9, None, "2.1 LU louder than the target window (−16 to −8 LUFS)", False),
        (LOUD, -18.04, None, "2.0 LU quieter than the target window (−16 to −8 LUFS)", False),
        (LOUD, -16.05, None, "0.05 LU quieter than the target window (−16 to −8 LUFS)", False),
        (LOUD, -8.0, None, "as wanted: −16 to −8 LUFS", True),
        (PEAK, -0.4, 72.48, "0.6 dB over −1 dBTP, at 1:12.480", False),
        (PEAK, -1.0, 72.48, "as wanted: −1 dBTP at most", True),
        (Window("clips", None, 0, "", ""), 3, 1.0, "no clipping asked for", False),
        (Window("clips", None, 0, "", ""), 0, None, "as wanted: no clipping", True),
        (Window("bits", 24, None, "", ""), 16, None, "8 bit under 24 bit", False),
        (
            Window("seconds", 60, 90, "", ""),
            100.5,
            None,
            "10.500 s longer than the target window (1:00 to 1:30)",
            False,
        ),
        (Window("correlation", 0.01, None, "", ""), -0.2, None, "0.21 under 0.01", False),
    ],
)
def test_a_figure_is_put_beside_its_window_in_words(window, value, at, text, is_met):
    saying = figure_words.beside(window, value, at)

    assert (saying.text, saying.is_met) == (text, is_met)


@given(
    st.sampled_from(sorted(figure_words.SCALES)),
    st.floats(-100, 100),
    st.floats(-100, 100) | st.none(),
    st.floats(-100, 100) | st.none(),
)
def test_a_bar_never_leaves_its_box(measure, value, lowest, highest):
    if lowest is not None and highest is not None:
        lowest, highest = min(lowest, highest), max(lowest, highest)

    bar = figure_words.beside(Window(measure, lowest, highest, "", ""), value).bar

    assert 0 <= bar.start <= 100 and 0 <= bar.value <= 100
    assert 0 < bar.width <= 101


def test_every_figure_is_a_row_or_its_reason():
    found = figures(correlation=None, reasons={"correlation": "It has one channel."})

    rows = {row.measure: row for row in figure_words.rows(found, [PEAK, Window("bits", 24, None, "", "")])}

    assert rows["true_peak"].value == "−0.4 dBTP"
    assert rows["true_peak"].at_words == "1:12.480"
    assert (rows["correlation"].value, rows["correlation"].why) == ("", "It has one channel.")
    assert rows["bits"].sayings[0].is_met
    assert rows["clips"].at == 72.479
    assert not rows["crest"].is_main
    assert rows["out_of_phase_longest"].value == "0.0 s"


def test_figures_that_are_missing_altogether_break_nothing():
    assert figure_words.rows({"words": ["odd"]}) == []


def test_a_line_keeps_its_loudest_moment_and_breaks_where_there_is_nothing():
    values = [-30.0] * 1000 + [None] * 1000 + [-6.0] + [-30.0] * 999

    picture = meter_pictures.loudness({"step": 0.1, "short_term": values, "momentary": []}, other=None, window=None)

    path = dict(picture.lines)["own"]
    assert path.count("M") == 2
    assert ",20.0" in path  # -6 LUFS of 48 in 160 pixels


def test_silence_has_no_curves():
    assert meter_pictures.loudness({"step": 0.1, "short_term": [None] * 9}, other=None, window=None) is None
    assert meter_pictures.loudness({}, other=None, window=None) is None
    assert meter_pictures.spectrum([100, 200], [None, None], other=None) is None


def test_spectra_are_compared_at_the_same_loudness():
    hertz = [63, 1000, 8000]

    said = meter_pictures.differences(hertz, [-20, -20, -30], meter_pictures.lifted([-35, -30, -36], 10))

    assert said == "5.0 dB more at 63 Hz, 4.0 dB less at 8 kHz"
    assert meter_pictures.differences(hertz, [-20, -20, -30], [-20.5, -19, -31]) == ""


@pytest.fixture
def master(library):
    return next(one for one in library.milestones.values() if one.number == 15)


def test_the_milestone_for_which_it_is_evidence_says_what_to_compare_with(db, storage, ada, library, master):
    version = measured(db, storage, ada.id, "Loop", at=MONDAY, found=figures(-5.9))
    piece = portfolio.find(db, ada.id, version.piece_id)
    before = measures.panel(db, library, ada.id, piece, version)
    milestones.link(db, ada.id, master, master.evidence[0].id, version.id, at=MONDAY)

    panel = measures.panel(db, library, ada.id, piece, version)

    assert before.asked_by == []
    assert panel.asked_by == [f"M15 {master.title}"]
    said = {row.measure: [one.text for one in row.sayings] for row in panel.rows}
    assert said["integrated"] == ["2.1 LU louder than the target window (−16 to −8 LUFS)"]
    assert said["true_peak"] == ["0.6 dB over −1 dBTP, at 1:12.480"]
    assert panel.loudness.band.words == "target window, −16 to −8 LUFS"


def test_references_stand_beside_a_piece_and_in_no_list(db, storage, ada, ben, eve, link_of, library):
    link_of(ada, ben)
    version = measured(db, storage, ada.id, "Loop", at=MONDAY)
    piece = portfolio.find(db, ada.id, version.piece_id)
    portfolio.share(db, piece, at=MONDAY)
    other = measured(
        db, storage, ada.id, "Low water", at=MONDAY + DAY, is_reference=True, drawn=curves(seed=2, bright=0.4)
    )
    reference = portfolio.find(db, ada.id, other.piece_id)
    measured(db, storage, eve.id, "Hers", at=MONDAY, is_reference=True)
    db.commit()

    panel = measures.panel(db, library, ada.id, piece, version)

    assert [one.piece.title for one in panel.references] == ["Low water"]
    assert panel.reference.piece.id == reference.id
    assert {kind for kind, _ in panel.loudness.lines} == {"own", "own-faint", "other"}
    assert "dB more at" in panel.spectrum_said
    assert measures.panel(db, library, ada.id, piece, version, reference_id="").reference is None
    assert [tile.piece.title for tile in portfolio.pieces(db, [ada.id])] == ["Loop"]
    assert [title.title for title, _ in evidence.candidates(db, ada.id)] == ["Loop"]
    assert measures.panel(db, library, ben.id, piece, version).references == []
    portfolio.share(db, reference, at=MONDAY + DAY)
    assert [one.piece.title for one in measures.panel(db, library, ben.id, piece, version).references] == ["Low water"]
    assert [[tile.piece.title for tile in one.tiles] for one in portfolio.shared_with(db, ben.id)] == [["Loop"]]


def test_more_references_take_no_more_statements(db, storage, ada, library):
    version = measured(db, storage, ada.id, "Loop", at=MONDAY)
    piece = portfolio.find(db, ada.id, version.piece_id)

    def taken(count: int) -> int:
        for number in range(count):
            measured(db, storage, ada.id, f"Record {number} of {count}", at=MONDAY, is_reference=True)
        db.commit()
        db.refresh(piece)
        db.refresh(version)
        with statements(db.get_bind()) as found:
            measures.panel(db, library, ada.id, piece, version)
        return len(found)

    assert taken(1) == taken(5)


def test_what_is_not_measured_has_no_panel(db, storage, ada, library):
    version = measured(db, storage, ada.id, "Loop", at=MONDAY)
    piece = portfolio.find(db, ada.id, version.piece_id)
    db.get(measures.Measurement, (ada.id, version.id)).state = "measuring"

    assert measures.panel(db, library, ada.id, piece, version) is None


def test_the_owners_word_wins_over_the_guess(db, storage, ada, library):
    version = measured(db, storage, ada.id, "Loop", at=MONDAY)
    piece = portfolio.find(db, ada.id, version.piece_id)
    guessed = measures.panel(db, library, ada.id, piece, version)
    measures.say_tempo(piece, 239.7)
    measures.say_key(piece, "C major")

    said = measures.panel(db, library, ada.id, piece, version)

    assert (guessed.tempo.said, guessed.tempo.heard, guessed.tempo.sureness) == ("", "119.9 BPM", "likely")
    assert [value for value, *_ in guessed.tempo.choices] == ["119.9", "59.9", "239.7"]
    assert (said.tempo.said, said.key.said) == ("239.7 BPM", "C major")
    assert [value for value, *_ in said.tempo.choices] == ["119.9", "59.9"]
    assert [value for value, *_ in said.key.choices] == ["A minor"]


@pytest.mark.parametrize("bpm", [0, 19.9, 401, float("nan"), float("inf")])
def test_a_tempo_that_nobody_plays_is_refused(bpm, db, ada):
    piece = portfolio.create(db, ada.id, title="Loop", at=MONDAY)

    with pytest.raises(Refused, match="between 20 and 400"):
        measures.say_tempo(piece, bpm)


def test_a_key_that_there_is_not_is_refused(db, ada):
    piece = portfolio.create(db, ada.id, title="Loop", at=MONDAY)

    with pytest.raises(Refused, match="no key"):
        measures.say_key(piece, "H major")


def test_the_page_shows_measures_and_takes_her_word(as_ada, db, storage, ada):
    version = measured(db, storage, ada.id, "Loop", at=MONDAY)
    db.commit()
    address = f"/portfolio/pieces/{version.piece_id}"

    page = as_ada.get(address).text
    as_ada.send(f"{address}/tempo-and-key", {"tempo": "60"})
    halved = as_ada.get(address).text
    refused = as_ada.send(f"{address}/tempo-and-key", {"tempo": "quick"})

    assert "−9.3 LUFS" in page and "119.9 BPM" in page and 'data-play-at="72.48"' in page
    assert "60 BPM" in halved and "your word" in halved
    assert refused.status_code == 422 and "Write the tempo as a number" in refused.text


def test_a_reference_is_added_by_its_own_button(as_ada, db, ada):
    out = io.BytesIO()
    soundfile.write(out, signals.tones(8000, [(0.5, -20)]), 8000, format="WAV")

    done = as_ada.send(
        "/portfolio/references",
        {"title": "Low water", "file": (io.BytesIO(out.getvalue()), "low.wav")},
        content_type="multipart/form-data",
    )

    assert done.status_code == 303
    assert "Low water" in as_ada.get("/portfolio/references").text
    assert "Low water" not in as_ada.get("/portfolio").text


def test_a_picture_is_no_reference(as_ada):
    answer = as_ada.send(
        "/portfolio/references",
        {"title": "Cover", "file": (io.BytesIO(b"some words"), "cover.txt")},
        content_type="multipart/form-data",
    )

    assert answer.status_code == 415
    assert "A reference is a sound" in answer.text


def test_seconds_of_the_fixture_fit_its_curves():
    assert len(curves()["loudness"]["momentary"]) == int(SECONDS * 10) + 1
