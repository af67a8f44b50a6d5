"""A real SMTP server that a test can stop in the middle of a message: it counts what it has taken, and from whom."""

import asyncio
import re
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller

from tests.conftest import free_port, wait_until

MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<(\d+)\.[^>]+>)", re.MULTILINE | re.IGNORECASE)
# Between taking a message and saying so: where a worker that dies leaves what nobody can decide.
ANSWER_SECONDS = 0.03
MAIL, DATA = "MAIL", "DATA"


@dataclass(frozen=True)
class Letter:
    """A message as it was taken: `delivery` is the row that it carries out, `session` the connection it came over."""

    delivery: int
    message_id: str
    to: str
    session: Any
    at: float


@dataclass
class Stop:
    """Where the next conversation waits: at its sender's address, or with the whole message in the server's hands.

    There the server has `taken` it or not. `go` lets it go on, to the answer.
    """

    where: str
    taken: bool = False
    reached: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)
    letter: Letter | None = None

    def wait(self) -> None:
        assert self.reached.wait(30), f"no message came as far as {self.where}"


class PostOffice:
    """The handler of the server; `taken` grows in the order in which messages were taken."""

    def __init__(self) -> None:
        self.taken: list[Letter] = []
        self.in_hand: set[Letter] = set()
        self._shut = threading.Event()
        self.port = free_port()
        self._stop: Stop | None = None

    # --- what tests say ---------------------------------------------------------------------------------------------
    @contextmanager
    def open(self) -> Iterator["PostOffice"]:
        controller = Controller(self, hostname="127.0.0.1", port=self.port)
        controller.start()
        yield self
        controller.stop()

    def stop_at(self, where: str, *, taken: bool = False) -> Stop:
        """Have the next conversation that comes as far as `where` wait there."""
        self._stop = Stop(where, taken)
        return self._stop

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Take nothing for the block: whoever hands something over waits."""
        self._shut.set()
        yield
        self._shut.clear()

    def wait_for(self, count: int) -> None:
        wait_until(lambda: len(self.taken) >= count, seconds=60, what=f"{count} messages ({len(self.taken)} so far)")

    def of(self, deliveries: set[int]) -> dict[int, list[Letter]]:
        """Return what was taken of `deliveries`, by delivery."""
        found: dict[int, list[Letter]] = defaultdict(list)
        for letter in list(self.taken):
            if letter.delivery in deliveries:
                found[letter.delivery].append(letter)
        return dict(found)

    def was_its_last(self, letter: Letter) -> bool:
        """Say whether nothing came after it over its connection."""
        return [one for one in self.taken if one.session is letter.session][-1] is letter

    # --- what the server asks ---------------------------------------------------------------------------------------
    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if stop := self._stopped_at(MAIL):
            await _until(stop.go)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        found = MESSAGE_ID.search(envelope.content)
        assert found, "a message without our Message-ID"
        letter = Letter(int(found[2]), found[1].decode(), envelope.rcpt_tos[0], session, time.time())
        self.in_hand.add(letter)
        try:
            return await self._take(letter)
        finally:
            self.in_hand.discard(letter)

    async def _take(self, letter: Letter) -> str:
        """Answer a message; when its sender hangs up meanwhile, the wait is broken off."""
        while self._shut.is_set():
            await asyncio.sleep(0.005)
        stop = self._stopped_at(DATA, letter)
        if stop is None or stop.taken:
            self.taken.append(letter)
        await (_until(stop.go) if stop else asyncio.sleep(ANSWER_SECONDS))
        return "250 OK" if stop is None or stop.taken else "451 Not now"

    def _stopped_at(self, where: str, letter: Letter | None = None) -> Stop | None:
        stop = self._stop
        if stop is None or stop.where != where:
            return None
        self._stop, stop.letter = None, letter
        stop.reached.set()
        return stop


async def _until(event: threading.Event) -> None:
    while not event.is_set():
        await asyncio.sleep(0.005)
