"""Mail that comes back: whose it was, since when their address fails, and who has to know.

A director can't see that somebody's address is dead, and their urgent message waits for nothing: so they are told, once
for each person and address, and the pages of who sees and of reach show it until the address changes.
"""

import datetime as dt
from hashlib import sha256
from pathlib import Path
from smtplib import SMTPRecipientsRefused

import structlog
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.access import running
from accounts.models import AccessGrant, Account, Delivery, Kind, Person
from accounts.notify.mails import delivery_id_in, message_id
from accounts.notify.reports import POLICY, STATUS, Report, read_reports
from accounts.notify.telling import News, tell

logger = structlog.get_logger(__name__)
# What a report says stands at its beginning; ours are small, and so is what servers send back of them.
MOST_BYTES = 1_000_000


def take_report(raw: bytes, now: dt.datetime | None = None) -> int:
    """Take in a mail from the mail server; return how many of our mails it says have come back for good.

    What is no report, or is about a mail that never left here (say a forged one), changes nothing; the log says so.
    """
    try:
        reports = read_reports(raw)
    except Exception:  # whoever knows the address can send anything there; the next one must be read all the same
        logger.exception("a mail to the bounces' address can't be read")
        return 0
    if not reports:
        logger.info("a mail to the bounces' address is no delivery report")
    return sum(_take(report, now or timezone.now()) for report in reports)


def take_folder(folder: Path) -> int:
    """Take in the new mails of a Maildir, and put each among its read ones; return how many came back for good.

    Two at a time do no harm: a mail that is taken in again changes nothing more.
    """
    taken = 0
    for file in sorted((folder / "new").iterdir()) if (folder / "new").is_dir() else ():
        if file.is_file() and not file.name.startswith("."):
            with file.open("rb") as content:
                taken += take_report(content.read(MOST_BYTES))
            (folder / "cur").mkdir(exist_ok=True)
            file.rename(folder / "cur" / f"{file.name}:2,S")
    return taken


@transaction.atomic
def _take(report: Report, now: dt.datetime) -> bool:
    delivery = _delivery_of(report)
    told = {"status": report.status, "diagnosis": report.diagnosis, "delivery": delivery and delivery.pk}
    if delivery is None:
        logger.warning("a delivery report is about no mail of ours", message_ids=report.message_ids, **told)
        return False
    if not report.for_good:
        logger.info("a mail is late, or not wanted from us", **told)
        return False
    logger.warning("a mail came back", **told)
    came_back(delivery, report.sent_to, now)
    return True


def _delivery_of(report: Report) -> Delivery | None:
    for found in report.message_ids:
        delivery = Delivery.objects.filter(pk=delivery_id_in(found) or 0, channel=Delivery.Channel.MAIL)
        one = delivery.select_related("person").first()
        if one and message_id(one) == found:
            return one
    return None


def came_back(delivery: Delivery, address: str, now: dt.datetime | None = None) -> None:
    """Set down that the mail came back from `address`, and tell the directors when it is the person's address still."""
    now = now or timezone.now()
    Delivery.objects.filter(pk=delivery.pk, bounced_at=None).update(bounced_at=now)
    person = Person.objects.select_for_update(no_key=True).get(pk=delivery.person_id)
    if not person.email or person.email.lower() != (address or person.email).lower():
        return
    if person.mail_fails_since is None:
        Person.objects.filter(pk=person.pk).update(mail_fails_since=now)
        tell_directors(person, now)


def tell_directors(person: Person, now: dt.datetime) -> None:
    """Tell whoever directs an account that `person` sees, each once, at the first of their accounts."""
    seen = AccessGrant.objects.filter(running(), person=person).values("account")
    directing = AccessGrant.objects.filter(running(), acts_as=Kind.DIRECTOR, account__in=seen).exclude(person=person)
    first: dict[int, Account] = {}
    for grant in directing.select_related("account").order_by("account__name_key", "account_id"):
        first.setdefault(grant.person_id, grant.account)
    key = f"bounced:{person.pk}:{sha256(person.email.encode()).hexdigest()[:12]}:{now:%Y%m%dT%H%M%S}"
    for account in dict.fromkeys(first.values()):
        path = reverse("who_sees", args=[account.customer_number])
        news = News(key, "bounced", account, person.email, path, who=person)
        tell(news, [director for director, at in first.items() if at == account], now)


def is_for_good(error: Exception) -> bool:
    """Say whether the server refused the address itself, and not us (RFC 5321 4.2.1, RFC 3463 3.8)."""
    if not isinstance(error, SMTPRecipientsRefused):
        return False
    return all(_refuses_address(code, text) for code, text in error.recipients.values())


def _refuses_address(code: int, text: bytes | str) -> bool:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    status = STATUS.search(words)
    if status:
        return status[1] == "5" and status[2] != POLICY
    return code in (550, 551, 553)  # no such mailbox, not here, not a name; 530 and 554 say that we are not let in
