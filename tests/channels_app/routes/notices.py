"""Who gets in at the addresses of notices and of mail; whose notice it is, tests/accounts/notify/ says."""

from typing import Any

from accounts.models import Notice
from accounts.notify import News, tell
from accounts.notify.tokens import Choice, unsubscribe_address
from tests.cast import Cast
from tests.matrix import ADMINISTRATOR, DIRECTORS, EVERYBODY, SIGNED_IN, Route, pankki

SAME = {"announcements": "daily", "questions": "daily", "discussions": "daily", "duties": "at_once"}


def bobs_notice(cast: Cast) -> dict[str, Any]:
    tell(News("matrix", "announcement", cast.pankki, "Vesikatko", "/me/"), [cast.bob.pk])
    return {"pk": Notice.objects.get(key=f"matrix:{cast.bob.pk}").pk}


def bobs_word(cast: Cast) -> dict[str, Any]:
    return {"token": unsubscribe_address(Choice(cast.bob.pk, "announcements")).rstrip("/").rpartition("/")[2]}


def bob(cast: Cast) -> dict[str, Any]:
    return {"employee_number": cast.bob.employee_number}


ROUTES: dict[str, Route] = {
    "notices": Route(SIGNED_IN),
    "notices_unread": Route(SIGNED_IN),
    "notices_read_all": Route(SIGNED_IN, method="post"),
    "notice": Route({"supervisor"}, bobs_notice),
    "notify_choices": Route(SIGNED_IN, method="post", posts=SAME),
    "unsubscribe": Route(EVERYBODY, bobs_word, "post"),
    "account_mail": Route(DIRECTORS, pankki, "post", {"content": "1"}),
    "person_mail": Route(ADMINISTRATOR, bob, "post"),
}
