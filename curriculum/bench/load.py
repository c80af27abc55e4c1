"""The load: a process of its own that sends prepared requests over many connections and counts what comes back.

Reads a job as JSON from standard input: port, requests (for each connection a list of texts, sent one after the other)
and seconds, after which it stops. Writes what it saw as JSON. Standard library only, so that it starts at once.
"""

import json
import selectors
import socket
import sys
import time
from typing import Any


class Line:
    """One connection that sends its next request when the last one is answered."""

    def __init__(self, port: int, requests: list[str]) -> None:
        self.left = [request.encode("latin-1") for request in reversed(requests)]
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.seen = b""
        self.errors: list[str] = []
        self.done = 0

    def send(self) -> bool:
        """Whether there was something left to send."""
        if not self.left:
            return False
        self.socket.sendall(self.left.pop())
        return True

    def hear(self) -> bool:
        """Take in what has come; whether that ends an answer. A closed connection loses what was left to send."""
        block = self.socket.recv(65536)
        if not block:
            self.errors += ["the connection was closed"] * (len(self.left) + 1)
            self.left = []
            return True
        self.seen += block
        head, gap, body = self.seen.partition(b"\r\n\r\n")
        if not gap or len(body) < length_of(head):
            return False
        if head[9:12] != b"200":
            self.errors.append((head.split(b"\r\n")[0] + b" " + body[:120]).decode("utf-8", "replace"))
        self.seen, self.done = b"", self.done + 1
        return True


def length_of(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def run(port: int, requests: list[list[str]], seconds: float) -> dict[str, Any]:
    lines = [Line(port, one) for one in requests]
    chooser = selectors.DefaultSelector()
    for line in lines:
        chooser.register(line.socket, selectors.EVENT_READ, line)
    began = time.perf_counter()
    open_ones = sum(line.send() for line in lines)
    while open_ones and time.perf_counter() - began < seconds:
        for key, _ in chooser.select(timeout=1):
            if key.data.hear() and not key.data.send():
                chooser.unregister(key.fileobj)
                open_ones -= 1
    spent = time.perf_counter() - began
    errors = [error for line in lines for error in line.errors]
    unanswered = sum(len(one) for one in requests) - sum(line.done for line in lines) - len(errors)
    errors += ["no answer in time"] * max(0, unanswered)
    return {"seconds": spent, "answered": sum(line.done for line in lines), "errors": errors}


if __name__ == "__main__":
    json.dump(run(**json.load(sys.stdin)), sys.stdout)
