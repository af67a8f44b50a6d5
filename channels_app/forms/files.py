"""Where a file goes, and a file's new version."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from channels_app.models import Page
from kam.lib.content import ACCEPT


class PlaceForm(forms.Form):
    """The hidden fields of an upload. Without `attach` the file goes into a draft: it belongs to no page yet.

    A page or contract that the reader may not see is none.
    """

    section = forms.IntegerField(required=False, min_value=1)
    attach = forms.BooleanField(required=False)

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pages = Page.objects.within(account, account.standing.kinds).filter(removed_at=None).select_related("section")
        self.fields["page"] = forms.ModelChoiceField(pages, required=False)
        self.fields["contract"] = forms.ModelChoiceField(account.contracts.all(), required=False)

    @property
    def section_id(self) -> int | None:
        """The section named, or the page's own."""
        page = self.cleaned_data.get("page")
        return page.section_id if page else self.cleaned_data.get("section")


class NewVersionForm(forms.Form):
    file = forms.FileField(label=_("The new version"), allow_empty_file=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs["accept"] = ACCEPT


class EarlierVersionForm(forms.Form):
    """The number of the earlier version that shall be the latest again."""

    number = forms.IntegerField(min_value=1, max_value=1_000_000)
