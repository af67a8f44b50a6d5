"""The scanner's protocol, against a small server that speaks it as clamd does (man clamd, INSTREAM)."""

import socketserver
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kam.lib.clamd import ScannerDown, virus_in

Scanner = Callable[..., str]


class _Clamd(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        server: Any = self.server
        command = self.rfile.read(10)
        if command != b"zINSTREAM\0":
            self.wfile.write(b"UNKNOWN COMMAND\0")
            return
        content = b""
        while length := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(length)
            if len(content) > server.most:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        server.seen.append(content)
        if server.answer is None:
            return
        found = b"stream: Win.Test.EICAR_HDB-1 FOUND\0" if b"EICAR" in content else b"stream: OK\0"
        self.wfile.write(server.answer or found)


@pytest.fixture
def clamd() -> Iterator[Any]:
    """A server on a port of its own; `answer` replaces its verdict, None has it hang up, `most` is what it takes."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Clamd) as server:
        server.daemon_threads = True
        server.answer, server.most, server.seen = b"", 10**9, []  # type: ignore[attr-defined]
        server.address = f"tcp://127.0.0.1:{server.server_address[1]}"  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_content_goes_piece_by_piece_and_the_verdict_comes_back(clamd: Any) -> None:
    assert virus_in([b"ab", b"c" * 300_000], clamd.address) == ""
    assert clamd.seen == [b"ab" + b"c" * 300_000]
    assert virus_in([b"EI", b"CAR"], clamd.address) == "Win.Test.EICAR_HDB-1"
    assert virus_in([], clamd.address) == ""


@pytest.mark.parametrize("answer", [None, b"stream: lstat() failed ERROR\0", b"\xff\xfe\0", b"OK FOUND maybe\0"])
def test_no_verdict_is_none(clamd: Any, answer: bytes | None) -> None:
    clamd.answer = answer
    with pytest.raises(ScannerDown):
        virus_in([b"a"], clamd.address)


def test_content_larger_than_it_takes_has_no_verdict(clamd: Any) -> None:
    clamd.most = 1000
    with pytest.raises(ScannerDown):
        virus_in((b"a" * 65_536 for _ in range(200)), clamd.address)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "unix:/nowhere/clamd.sock", "nonsense", "tcp://"])
def test_nobody_there_is_no_verdict(address: str) -> None:
    with pytest.raises(ScannerDown):
        virus_in([b"a"], address)


def test_socket_of_the_system_does_too(tmp_path: Path) -> None:
    path = tmp_path / "clamd.sock"
    with socketserver.ThreadingUnixStreamServer(str(path), _Clamd) as server:
        server.answer, server.most, server.seen = b"", 10**9, []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert virus_in([b"EICAR"], f"unix:{path}") == "Win.Test.EICAR_HDB-1"
        server.shutdown()
