"""Who gets in at the addresses of the table of contents, the channel's home, sections and what is local."""

from typing import Any

from channels_app.models import Section
from tests.cast import Cast
from tests.matrix import SEE_PANKKI, Route, pankki


def a_section(cast: Cast) -> dict[str, Any]:
    return pankki(cast) | {"section_id": Section.objects.get(key="working").pk}


ROUTES: dict[str, Route] = {
    "account": Route(SEE_PANKKI, pankki),
    "section": Route(SEE_PANKKI, a_section),
}
