"""Writing and taking away the essentials of a page for one's own people.

Whoever may (queries.essentials.writes_essentials) is settled by the view.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.refusal import Refusal
from accounts.models import Person
from channels_app.models import Essential, Page
from channels_app.models.locks import hold_limits

LONGEST = 1000


@transaction.atomic
def write_essential(*, actor: Person, page: Page, text: str, number: int) -> Essential:
    """Put `text`, plain words about revision `number`, above the page for the actor's people; theirs before gives way.

    Raises Refusal for an empty or too long text.
    """
    text = text.strip().replace("\r\n", "\n")
    if not text or len(text) > LONGEST:
        raise Refusal("text", _("Write the essentials in at most 1,000 characters."))
    hold_limits(page.account_id)
    written, _created = Essential.objects.update_or_create(
        page=page, author=actor, defaults={"text": text, "page_number": number}
    )
    return written


@transaction.atomic
def remove_essential(*, actor: Person, page: Page) -> None:
    """Take away what the actor wrote above the page."""
    Essential.objects.filter(page=page, author=actor).delete()
