"""Who gets in at the addresses of reach and of the yearly summary."""

from typing import Any

from tests.cast import Cast
from tests.channels_app.reach_hands import make_message
from tests.matrix import SEE_REACH, SIGNED_IN, Route, pankki

SEE_ACTIVITY = {"director", "deputy", "management"}


def an_urgent_message(cast: Cast) -> dict[str, Any]:
    """Greta's, so that nobody of the others gets in as its author."""
    return pankki(cast) | {"pk": make_message(cast.pankki, cast.greta, [cast.bob, cast.ines]).pk}


ROUTES: dict[str, Route] = {
    "message_reach": Route(SEE_REACH, an_urgent_message),
    "message_reach_export": Route(SEE_REACH, an_urgent_message),
    "activity": Route(SEE_ACTIVITY),
    "activity_choice": Route(SIGNED_IN, method="post"),
}
