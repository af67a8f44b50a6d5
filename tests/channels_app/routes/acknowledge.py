"""Who gets in where an urgent message is acknowledged: whoever reads it; whom it does not ask is led to the message."""

from typing import Any

from channels_app.models import Message
from tests.cast import Cast
from tests.channels_app.message_hands import write_urgent
from tests.matrix import SEE_PANKKI, Route, pankki


def an_urgent_message(cast: Cast) -> dict[str, Any]:
    """Alice's, to supervisors and instructors."""
    found = Message.objects.filter(account=cast.pankki, kind="urgent").first()
    return pankki(cast) | {"pk": (found or write_urgent(cast)).pk}


ROUTES: dict[str, Route] = {
    "acknowledge": Route(SEE_PANKKI, an_urgent_message),
}
