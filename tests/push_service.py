"""A push service as browsers' makers run one, with a browser's keys: takes messages in, and can read them."""

import json
import threading
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from os import urandom
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid

from kam.lib.webpush import Browser


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


@dataclass
class PushService:
    """What it answers is `status`; `taken` are the messages as the browser reads them, with their `headers`."""

    status: int = 201
    taken: list[dict[str, Any]] = field(default_factory=list)
    headers: list[Message] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._secret = urandom(16)
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if service.status < 300:
                    service.taken.append(service.read(body))
                    service.headers.append(self.headers)
                self.send_response(service.status)
                self.end_headers()

            def log_message(self, *_args: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def browser(self, name: str = "one") -> Browser:
        """Return a browser that allowed to be woken; all of this service read with the same keys."""
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return Browser(f"{self.origin}/v1/{name}", _text(point), _text(self._secret))

    def read(self, body: bytes) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(
            http_ece.decrypt(body, private_key=self._key, auth_secret=self._secret, version="aes128gcm")
        )
        return found

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def claims_of(header: str, public_key: str) -> dict[str, Any]:
    """Return what the server swears about itself (RFC 8292); raises when another key signed it."""
    fields = dict(part.strip().split("=", 1) for part in header.removeprefix("vapid ").split(","))
    assert fields["k"] == public_key
    assert Vapid.verify(header)
    payload = fields["t"].split(".")[1]
    claims: dict[str, Any] = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims
