"""What there is to tell of a message: one key for each thing that is ever said about it."""

from accounts.models import Person
from accounts.notify import News
from channels_app.models import Message
from channels_app.queries.messages import THING, address_of_message


def news_of(message: Message, kind: str, saying: str, who: Person | None = None) -> News:
    """Return what to tell about `message`; `saying` tells it from all else of this kind that is said about it."""
    return News(
        key=f"{THING}:{message.pk}:{kind}:{saying}",
        kind=kind,
        account=message.account,
        title=message.subject,
        path=address_of_message(message),
        thing=THING,
        object_id=message.pk,
        audience=message.audience,
        who=who or message.author,
    )


def urgent_news(message: Message, kind: str = "urgent", step: str = "", who: Person | None = None) -> News:
    """Return what to tell of an urgent message as it asks now, each of its ladder's steps once."""
    return news_of(message, kind, f"{message.asked_number}{step}", who)
