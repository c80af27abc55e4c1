"""A site whose clock a test sets: the app in this process, for browsers on the loopback."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from app import create_app
from core import clock, jobs, settings, startup


class Quiet(WSGIRequestHandler):
    """Says nothing of each request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@dataclass
class ClockedSite:
    app: Flask
    url: str
    moment: datetime

    def at(self, moment: datetime) -> None:
        """From here on it is this moment, in UTC."""
        self.moment = moment

    def run_jobs(self) -> None:
        """All timed jobs, as the job process would at this moment."""
        with self.app.app_context():
            for job in self.app.extensions["schedule"]:
                jobs.run_slot(self.app.extensions["database"], job, at=self.moment)


@contextmanager
def clocked_site(data: Path, moment: datetime) -> Iterator[ClockedSite]:
    startup.prepare(data=data)
    app = create_app(settings.load(data=data, registration="open"))
    app.config["TESTING"] = True
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    site = ClockedSite(app, f"http://127.0.0.1:{server.port}", moment)
    clock.use(lambda: site.moment, testing=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        clock.use(None, testing=True)
        app.extensions["database"].engine.dispose()
