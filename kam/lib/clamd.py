"""Asking a ClamAV daemon about a content, by its INSTREAM command (man clamd). No library for it is kept up."""

import socket
import struct
from collections.abc import Iterable

TIMEOUT = 60.0


class ScannerDown(Exception):
    """The daemon cannot be reached, or did not answer in its own words."""


def virus_in(pieces: Iterable[bytes], address: str) -> str:
    """Return the name of the virus that the daemon finds, "" when it finds none.

    `address` is tcp://host:port or unix:/path. Raises ScannerDown when it gives no verdict, also for a content that is
    larger than the daemon takes (StreamMaxLength).
    """
    try:
        with _connected(address) as connection:
            answer = _ask(connection, pieces)
    except (OSError, ValueError) as error:
        raise ScannerDown(str(error)) from error
    verdict = answer.rstrip(b"\0\n").decode("utf-8", "replace").removeprefix("stream: ")
    if verdict == "OK":
        return ""
    if verdict.endswith(" FOUND"):
        return verdict.removesuffix(" FOUND")
    raise ScannerDown(verdict or "no answer")


def _connected(address: str) -> socket.socket:
    kind, _, rest = address.partition(":")
    if kind == "unix":
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(TIMEOUT)
        connection.connect("/" + rest.lstrip("/"))
        return connection
    host, _, port = rest.strip("/").rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), TIMEOUT)


def _ask(connection: socket.socket, pieces: Iterable[bytes]) -> bytes:
    answer = b""
    try:
        connection.sendall(b"zINSTREAM\0")
        for piece in pieces:
            connection.sendall(struct.pack("!L", len(piece)) + piece)
        connection.sendall(struct.pack("!L", 0))
    except (BrokenPipeError, ConnectionResetError):
        pass  # it has said why before it hung up
    while chunk := connection.recv(4096):
        answer += chunk
        if answer.endswith(b"\0"):
            break
    return answer
