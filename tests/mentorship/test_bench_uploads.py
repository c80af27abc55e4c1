"""The measurement of uploads: it runs, and the sound still waits for the meter when the request is answered."""

from pathlib import Path

from app import create_app
from mentorship import bench_uploads


def test_a_request_that_uploads_does_not_wait_for_the_meter(tmp_path: Path):
    found = bench_uploads.measure(create_app, tmp_path, 1.0, 1)

    assert found.state == "waits" and found.meter > 0
    said = "\n".join(bench_uploads.report(found))
    assert "when the request was answered the sound waits for the meter (as wanted)" in said
