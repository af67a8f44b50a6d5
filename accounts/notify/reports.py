"""Reads what mail servers send back: delivery reports (RFC 3464) in the shapes that real servers give them. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr

MESSAGE_ID = re.compile(r"<[^<>\s]+@[^<>\s]+>")
STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")  # RFC 3463
# Security and policy: it is our server that is not wanted, whoever the mail was for.
POLICY = "7"


@dataclass(frozen=True)
class Report:
    """One recipient that a mail did not reach (yet).

    `message_ids` are those that the report may mean, the surest first; `sent_to` is the address that we had written
    to, in small letters, empty when the report does not say; `status` is of RFC 3463.
    """

    message_ids: tuple[str, ...]
    sent_to: str
    status: str
    diagnosis: str

    @property
    def for_good(self) -> bool:
        """Say whether the address takes no mail, as far as the server knows: not for a while, nor from us alone."""
        first, subject, _detail = self.status.split(".")
        return first == "5" and subject != POLICY


def read_reports(raw: bytes) -> list[Report]:
    """Return what a mail reports, one for each recipient that failed or waits; nothing when it is no such report."""
    mail = message_from_bytes(raw)
    parts = list(mail.walk())
    blocks = [
        block for part in parts if part.get_content_type() == "message/delivery-status" for block in _blocks(part)
    ]
    if not blocks:
        return []
    returned = _returned(parts)
    ids = tuple(_message_ids(mail, blocks, returned))
    recipients = [block for block in blocks if block.get("Action", "").strip().lower() in ("failed", "delayed")]
    written_to = _address(_text(returned, "To")) if returned is not None and len(recipients) == 1 else ""
    return [
        Report(
            message_ids=ids,
            sent_to=written_to or _address(_text(block, "Original-Recipient") or _text(block, "Final-Recipient")),
            status=_status(block),
            diagnosis=" ".join(_text(block, "Diagnostic-Code").split())[:500],
        )
        for block in recipients
    ]


def _blocks(part: Message) -> Iterator[Message]:
    content = part.get_payload()
    yield from (block for block in content if isinstance(block, Message)) if isinstance(content, list) else ()


def _returned(parts: list[Message]) -> Message | None:
    """Return the head of our mail, which servers send back whole or in part."""
    for part in parts:
        content = part.get_payload()
        if part.get_content_type() == "message/rfc822" and isinstance(content, list) and content:
            return content[0] if isinstance(content[0], Message) else None
        if part.get_content_type() == "text/rfc822-headers":
            text = part.get_payload(decode=True)
            return message_from_bytes(text.lstrip() if isinstance(text, bytes) else b"")
    return None


def _message_ids(mail: Message, blocks: list[Message], returned: Message | None) -> Iterator[str]:
    sources = [_text(returned, "Message-ID") if returned is not None else ""]
    sources += [_text(block, "Original-Envelope-Id") for block in blocks]
    sources += [_text(mail, name) for name in ("X-Original-Message-ID", "In-Reply-To", "References")]
    found = dict.fromkeys(found for source in sources for found in MESSAGE_ID.findall(source))
    yield from list(found)[:20]


def _status(block: Message) -> str:
    """Return the status, from the server's own words where the field is missing or says nothing."""
    for text in (_text(block, "Status"), _text(block, "Diagnostic-Code")):
        if found := STATUS.search(text):
            return found[0]
    return "5.0.0" if _text(block, "Action").strip().lower() == "failed" else "4.0.0"


def _address(text: str) -> str:
    """Return the address of `rfc822;somebody@example.com`, or of a To line, in small letters."""
    return parseaddr(text.split(";", 1)[-1].strip())[1].lower()


def _text(of: Message, name: str) -> str:
    value = of.get(name)
    if value is None:
        return ""
    try:
        return str(make_header(decode_header(str(value))))
    except (LookupError, ValueError):  # an alphabet that nobody knows
        return str(value)
