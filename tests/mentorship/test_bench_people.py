"""The measurement of the mentor's desk and the brief: it runs, and the statements do not grow with the data."""

from pathlib import Path

from app import create_app
from mentorship import bench_people
from mentorship.bench_people import TINY


def test_desk_and_brief_send_as_many_statements_with_much_data_as_with_little(tmp_path: Path):
    small, large = (bench_people.measure(create_app, tmp_path, scale, 1) for scale in TINY)

    assert large.rows["review"] > 10 * small.rows["review"] and large.rows["link"] == 3 * small.rows["link"]
    for name in ("desk", "brief"):
        assert large.pages[name].statements == small.pages[name].statements > 0
    said = "\n".join(bench_people.report(small, large))
    assert "1,800 review" in said and said.count("statements do not grow: as wanted") == 2
