"""Web Push as it stands in RFC 8030 (delivery), 8291 (content for one browser's eyes) and 8292 (whose server it is)."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid

# What a push service keeps for a telephone that is off, in seconds: a working day.
KEPT_FOR = 8 * 3600
TIMEOUT = 10
# RFC 8030, 7.3: the browser has taken its permission back, or its address is no more.
GONE = (404, 410)
# RFC 8291, 4: what every push service takes in, with room for the encryption's own bytes.
MOST_BYTES = 3500
SECRET_BYTES = 16


class Gone(Exception):
    """The browser does not take messages any more: its subscription is to be forgotten."""


class NotTaken(Exception):
    """The push service did not take the message this time."""


@dataclass(frozen=True)
class Browser:
    """Where a browser is reached and the keys that only it can read with, base64url as it gave them."""

    endpoint: str
    p256dh: str
    auth: str


def is_service(endpoint: str, services: Iterable[str]) -> bool:
    """Say whether `endpoint` lies at one of `services`, origins in which * stands for any beginning of a host.

    A browser only claims its address: without this list our server could be made to call any other in its network.
    """
    try:
        parts = urlsplit(endpoint)
        origin = f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
    except ValueError:
        return False
    plain = not parts.username and not parts.password and not parts.fragment
    return plain and any(fnmatchcase(origin, service) for service in services)


def has_keys(browser: Browser) -> bool:
    """Say whether its keys are what RFC 8291 asks for: a point on P-256, and a secret of 16 bytes."""
    try:
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), _bytes(browser.p256dh))
        return len(_bytes(browser.auth)) == SECRET_BYTES
    except ValueError:  # base64's own errors are such
        return False


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def public_key(private_key: str) -> str:
    """Return the public half of a VAPID key as browsers take it: an uncompressed point, base64url.

    Raises ValueError when `private_key` is none: 32 bytes in base64url.
    """
    point = Vapid.from_string(private_key).public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return urlsafe_b64encode(point).decode().rstrip("=")


def push(browser: Browser, payload: Mapping[str, Any], *, private_key: str, contact: str, topic: str = "") -> None:
    """Hand `payload` to the browser's push service, urgently (RFC 8030, 5.3).

    A later message of the same `topic` (at most 32 letters of base64url) replaces one that still waits there, so that
    one sent again wakes nobody twice. Raises Gone and NotTaken.
    """
    # Here and not above: it brings aiohttp along, 1.3 s in the start of every process, and most never push.
    from pywebpush import WebPushException, webpush

    headers: dict[str, str | int | float] = {"Urgency": "high"}
    if topic:
        headers["Topic"] = topic
    try:
        webpush(
            {"endpoint": browser.endpoint, "keys": {"p256dh": browser.p256dh, "auth": browser.auth}},
            data=fitting(payload),
            vapid_private_key=private_key,
            vapid_claims={"sub": contact},
            ttl=KEPT_FOR,
            timeout=TIMEOUT,
            headers=headers,
        )
    except WebPushException as error:
        status = getattr(error.response, "status_code", None)
        if status in GONE:
            raise Gone from error
        raise NotTaken(f"The push service answered {status}.") from error
    except OSError as error:  # requests' own errors are such
        raise NotTaken(str(error)) from error


def fitting(payload: Mapping[str, Any]) -> str:
    """Return the payload as JSON that every push service takes; a body that is too long loses its end."""
    text = json.dumps(payload, ensure_ascii=False)
    if (over := len(text.encode()) - MOST_BYTES) <= 0:
        return text
    body = str(payload.get("body", "")).encode()[: -over - 4].decode(errors="ignore")
    return json.dumps({**payload, "body": f"{body}…"}, ensure_ascii=False)
