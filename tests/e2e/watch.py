"""Looking over a browser's shoulder."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response, WebError

REFUSED = "Failed to load resource: the server responded with a status of"  # the response itself is noted


class Watch:
    """Notes what must not happen in a browser: script errors, console errors (a broken content security policy is
    one), refused requests, requests to another host."""

    def __init__(self, context: BrowserContext, home: str) -> None:
        self.home = home
        self.faults: list[str] = []
        self.expected: set[int] = set()  # statuses of 400 and above that are meant
        context.on("console", self._console)
        context.on("weberror", self._script)
        context.on("request", self._request)
        context.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(REFUSED):
            self.faults.append(f"{message.location.get('url')}: {message.text}")

    def _script(self, error: WebError) -> None:
        self.faults.append(f"{error.page.url if error.page else '?'}: {error.error}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.home, "data:", "blob:")):
            self.faults.append(f"a request to another host: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.faults.append(f"{response.request.method} {response.url} answered {response.status}")

    @contextmanager
    def expecting(self, status: int) -> Iterator[None]:
        """Inside, requests may be refused with this status."""
        self.expected = {status}
        yield
        self.expected = set()
