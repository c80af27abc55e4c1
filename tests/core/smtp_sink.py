"""A mail server on the loopback that does what a script says: takes mail, refuses it, waits, hangs up, is dead."""

import asyncio
import email
import email.policy
import socket
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

OK = "250 taken"
Script = Callable[[str, int], "str | float"]
# (address, number of the try for it) -> an answer to RCPT that is not 250, "DATA 451 ...": one to the mail itself,
# "250 ...", "hang up", or seconds to wait before it is taken


class Sink:
    """What arrived is in `mails`, in order. `script` may be changed at any time."""

    def __init__(self, script: Script | None = None) -> None:
        self.script = script or (lambda _address, _number: OK)
        self.mails: list[EmailMessage] = []
        self.tries: dict[str, int] = {}
        self.connections = 0
        self.port = free_port()
        self.controller: Controller | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def ids(self) -> list[str]:
        return [mail["Message-ID"] for mail in self.mails]

    @property
    def texts(self) -> list[str]:
        return [mail.get_content().replace("\r\n", "\n") for mail in self.mails]

    def __enter__(self) -> "Sink":
        self.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.stop()

    def start(self) -> None:
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def stop(self) -> None:
        """Dead: nothing listens on its port."""
        if self.controller is not None:
            self.controller.stop()
            self.controller = None

    # what aiosmtpd asks

    async def handle_EHLO(self, server: Any, session: Any, _envelope: Any, hostname: str, responses: list[str]) -> Any:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        self.tries[address] = self.tries.get(address, 0) + 1
        said = self.script(address, self.tries[address])
        envelope.rcpt_tos.append(address)
        envelope.plan = said
        if isinstance(said, str) and said[:1] in "45":
            return said
        return OK

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:
        said = envelope.plan
        if isinstance(said, float | int):
            await asyncio.sleep(said)
        elif said == "hang up":
            server.transport.close()
            return "421 gone"
        elif said.startswith("DATA "):
            return said.removeprefix("DATA ")
        found = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(found, EmailMessage)
        self.mails.append(found)
        return OK


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
