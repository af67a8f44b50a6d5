"""The table of contents on pages of an account whose view does not know of it: those of the accounts app."""

from typing import Any

from django import template

from channels_app.queries.contents import Contents, contents_of

register = template.Library()


@register.simple_tag(takes_context=True)
def contents_here(context: dict[str, Any]) -> Contents:
    """Return the contents that the view gave, else those of the page's account; then one query."""
    given: Contents | None = context.get("contents")
    account = context["account"]
    return given or contents_of(account, account.standing)
