"""Who gets in at the addresses of messages and replies."""

from typing import Any

from tests.cast import Cast
from tests.channels_app.message_hands import reply, write_announcement, write_discussion
from tests.matrix import DIRECTORS, SEE_PANKKI, Route, pankki

ANNOUNCE_TO_ALL = DIRECTORS | {"management"}


def an_announcement(cast: Cast) -> dict[str, Any]:
    """Alice's, to everybody."""
    return pankki(cast) | {"pk": write_announcement(cast).pk}


def bobs_discussion(cast: Cast) -> dict[str, Any]:
    return pankki(cast) | {"pk": write_discussion(cast).pk}


def a_reply_of_ines(cast: Cast) -> dict[str, Any]:
    return pankki(cast) | {"pk": reply(write_discussion(cast), cast.ines).pk}


ROUTES: dict[str, Route] = {
    "messages": Route(SEE_PANKKI, pankki),
    "message_new": Route(SEE_PANKKI, pankki),
    "message_reach_preview": Route(SEE_PANKKI, pankki),
    "message_people": Route(SEE_PANKKI, pankki),
    "message_draft": Route(SEE_PANKKI, pankki, "post"),
    "message_draft_drop": Route(SEE_PANKKI, pankki, "post"),
    "message": Route(SEE_PANKKI, an_announcement),
    "message_history": Route(SEE_PANKKI, an_announcement),
    "message_edit": Route(ANNOUNCE_TO_ALL, an_announcement),
    "message_withdraw": Route(ANNOUNCE_TO_ALL, an_announcement),
    "message_pin": Route(ANNOUNCE_TO_ALL, an_announcement),
    "message_repeat": Route(ANNOUNCE_TO_ALL, an_announcement, "post"),
    "message_limit": Route(ANNOUNCE_TO_ALL, an_announcement),
    "reply_new": Route(SEE_PANKKI, bobs_discussion, "post"),
    "reply_edit": Route({"instructor"}, a_reply_of_ines),
    "reply_remove": Route(ANNOUNCE_TO_ALL | {"instructor"}, a_reply_of_ines, "post"),
}
