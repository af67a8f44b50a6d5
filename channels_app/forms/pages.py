"""Writing a page, deciding whom it is limited to, and its essentials."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.access import Action
from accounts.models import ABOVE_LIMITS, Account, Contract, Kind
from channels_app.actions.essentials import LONGEST
from channels_app.actions.pages import own_files
from channels_app.forms.rich_text import RichTextField
from channels_app.models import Page, SectionKind
from channels_app.queries.contents import Line

EVERYBODY, PRICES, CHOSEN = "everybody", "prices", "chosen"
# channel.md, section 5: prices are seen by director, sales, superiors and management.
PRICE_KINDS = [str(Kind.SALES), str(Kind.SUPERIOR)]
# Kinds that a limit may name; the others stand above it, and a substitute acts as somebody else.
LIMITABLE = [
    (str(Kind.RESPONSIBLE), _("responsible for a site: supervisors and instructors")),
    (str(Kind.SUPERIOR), _("their superiors: managers, area and business directors")),
    (str(Kind.SALES), _("sales of the area")),
    (str(Kind.INVITED), _("invited specialists")),
]
INTERVALS = (30, 60, 90, 180, 365)
MOST_REVISIONS = 1_000_000  # a number beyond it was typed by hand, and would not fit into the database


class LimitForm(forms.Form):
    """Who sees a page. `limit` in the cleaned data is the list of kinds, None for everybody who sees the account."""

    who = forms.ChoiceField(
        label=_("Who sees it"),
        choices=[
            (EVERYBODY, _("everybody who sees the account")),
            (PRICES, _("whoever deals with prices: sales and superiors")),
            (CHOSEN, _("only those chosen here")),
        ],
        widget=forms.RadioSelect,
        initial=EVERYBODY,
        help_text=_("The account's directors and the management group always see it."),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Chosen"), choices=LIMITABLE, required=False, widget=forms.CheckboxSelectMultiple
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "who" in self.fields:
            limits = {EVERYBODY: None, PRICES: PRICE_KINDS, CHOSEN: cleaned.get("kinds") or []}
            cleaned["limit"] = limits.get(cleaned.get("who", EVERYBODY))
        return cleaned


def chosen_limit(limit: Sequence[str] | None) -> dict[str, Any]:
    """Return what the form shows for a limit that stands."""
    if limit is None:
        return {"who": EVERYBODY}
    kinds = sorted(kind for kind in limit if kind not in ABOVE_LIMITS)
    return {"who": PRICES} if kinds == PRICE_KINDS else {"who": CHOSEN, "kinds": kinds}


class PageForm(LimitForm):
    """A page as it is written, a new one or one that exists. `based_on` is the revision that was written over."""

    title = forms.CharField(label=_("Heading"), max_length=200)
    body = RichTextField(label=_("Text of the page"))
    contract: "forms.ModelChoiceField[Contract]" = forms.ModelChoiceField(
        None, label=_("Contract"), required=False, empty_label=_("no contract of its own")
    )
    review_days = forms.TypedChoiceField(
        label=_("To be checked"), coerce=int, empty_value=None, required=False, choices=[]
    )
    note = forms.CharField(
        label=_("What changed"), max_length=200, required=False, help_text=_("One line for the history.")
    )
    based_on = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=MOST_REVISIONS, initial=0)
    began_from = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=MOST_REVISIONS, required=False)
    field_order = ("title", "body", "note", "contract", "review_days", "who", "kinds", "based_on", "began_from")

    def __init__(self, *args: Any, account: Account, section: Line | None, page: Page | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields: dict[str, Any]
        self.fields["body"].files = own_files(account)
        self.fields["contract"].queryset = account.contracts.all()
        self.fields["contract"].label_from_instance = contract_name
        self.fields["review_days"].choices = _intervals(section, page)
        in_contracts = section is not None and section.kind == SectionKind.CONTRACTS
        if not in_contracts and (page is None or page.contract_id is None):
            del self.fields["contract"]
        if page is None:
            del self.fields["note"]
        # An existing page's limit has a form of its own; whom a new one is limited to, its director decides.
        if page is not None or not account.standing.may(Action.MANAGE):
            del self.fields["who"], self.fields["kinds"]


def contract_name(contract: Any) -> str:
    """Return how a contract is named where one is chosen."""
    return f"{contract.number} {contract.name}".strip()


def _intervals(section: Line | None, page: Page | None) -> list[tuple[str, str]]:
    of_section = section.review_days if section else None
    usual = _("as in the section: never") if of_section is None else _as_in_section(of_section)
    offered = set(INTERVALS) | ({page.review_days} if page and page.review_days else set())
    return [("", str(usual)), *((str(days), _every(days)) for days in sorted(offered))]


def _as_in_section(days: int) -> str:
    text = ngettext("as in the section: every %(days)s day", "as in the section: every %(days)s days", days)
    return text % {"days": days}


def _every(days: int) -> str:
    return ngettext("every %(days)s day", "every %(days)s days", days) % {"days": days}


class EssentialForm(forms.Form):
    text = forms.CharField(
        label=_("The essentials for your people"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_(
            "Plain text, at most 1,000 characters. It stands above the page with your name, for those below you."
        ),
    )
    number = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=MOST_REVISIONS)
