"""What the tests of this folder share: a real template with a context of their own, what a mail server was given."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from tests.conftest import Mailbox

TEMPLATE = "accounts/email/handovers"
CONTEXT = {"accounts": [[{"name": "Pankki & Pojat Oyj"}, "https://kam.example/1"]]}


def mails(smtp: Mailbox) -> list[EmailMessage]:
    return [message_from_bytes(envelope.content, EmailMessage, policy=default) for envelope in smtp.messages]


def receivers(smtp: Mailbox) -> list[str]:
    return sorted(address for envelope in smtp.messages for address in envelope.rcpt_tos)
