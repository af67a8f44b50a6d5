"""Editing the shared table of contents: one draft of all directors, published as the next version, or thrown away.

Who may (accounts.access.directs_some) is settled by the views. The live version's row is locked first, so that the
directors come one after the other; a token says what each of them saw, and whoever was overtaken is told.
"""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.actions.refusal import Refusal
from accounts.models import LedgerEntry, Person
from channels_app.models import ContentsLine, ContentsVersion, Section, SectionKind
from channels_app.models.contents import PAGE_KINDS
from channels_app.queries.definition import DefinitionLine


class Overtaken(Exception):
    """Somebody has changed, published or thrown away the draft since it was read. Nothing was written."""


def token_of(draft: ContentsVersion | None, live: ContentsVersion) -> str:
    """Return what tells this state of the draft from every other: with none begun, the live version's number."""
    return f"live-{live.number}" if draft is None else f"{draft.pk}-{draft.edited_at.timestamp():.6f}"


@transaction.atomic
def save_draft(*, actor: Person, token: str, lines: Sequence[DefinitionLine], note: str) -> ContentsVersion:
    """Write `lines` in their order as the draft, beginning one if there is none; return it.

    A line with section 0 makes a new section. Raises Overtaken unless `token` is that of the draft as it stands, and
    Refusal for sections that may not be removed or added.
    """
    live, draft = _locked(token)
    _check(live, lines)
    if draft is None:
        draft = ContentsVersion(based_on=live.number or 0)
    draft.note, draft.edited_by = note.strip(), actor
    draft.save()
    draft.lines.all().delete()
    ContentsLine.objects.bulk_create(
        ContentsLine(
            version=draft,
            section_id=line.section_id or Section.objects.create(kind=line.kind).pk,
            position=position,
            name_fi=line.name_fi,
            name_en=line.name_en,
            purpose_fi=line.purpose_fi,
            purpose_en=line.purpose_en,
            review_days=line.review_days if line.of_pages else None,
        )
        for position, line in enumerate(lines, 1)
    )
    _forget_unused()
    return draft


@transaction.atomic
def discard_draft(*, actor: Person, token: str) -> None:
    """Throw the draft away. Raises Overtaken unless `token` is that of the draft as it stands."""
    _live, draft = _locked(token)
    if draft is not None:
        draft.delete()
        _forget_unused()


@transaction.atomic
def publish_draft(*, actor: Person, token: str) -> ContentsVersion:
    """Make the draft the live version: every account shows it from its next page on. Written to the ledger.

    Raises Overtaken unless `token` is that of the draft as it stands, Refusal when there is none or it began from
    another version than the live one.
    """
    live, draft = _locked(token)
    if draft is None:
        raise Refusal("no_draft", _("There is no draft to publish."))
    if draft.based_on != live.number:
        raise Refusal("based_on", _("Another version has been published since the draft was begun: begin a new one."))
    draft.number, draft.published_by, draft.published_at = live.number + 1, actor, timezone.now()
    draft.save(update_fields=["number", "published_by", "published_at"])
    cause = {"what": "table of contents", "version": draft.number, "reason": draft.note}
    audit.record(LedgerEntry.Event.EDITED, actor=actor, cause=cause)
    return draft


def _locked(token: str) -> tuple[ContentsVersion, ContentsVersion | None]:
    published = ContentsVersion.objects.filter(published_at__isnull=False).order_by("-number")
    published.select_for_update().first()
    live = published[0]  # the lock may have been waited for: what is live is read after it
    draft = ContentsVersion.objects.select_for_update(of=("self",)).filter(published_at=None).first()
    if token != token_of(draft, live):
        raise Overtaken
    return live, draft


def _check(live: ContentsVersion, lines: Sequence[DefinitionLine]) -> None:
    there = {line.section_id for line in lines if line.section_id}
    known = dict(Section.objects.filter(account=None).values_list("pk", "kind"))
    named = [line for line in lines if line.section_id]
    if len(there) < len(named) or any(known.get(line.section_id) != line.kind for line in named):
        raise Refusal("sections", _("The sections are not those of the table of contents: read the page again."))
    if any(kind not in PAGE_KINDS and pk not in there for pk, kind in known.items()):
        text = _("A part of the system lives in this section: it can be renamed and moved, not removed.")
        raise Refusal("needed", text)
    if any(not line.section_id and line.kind not in PAGE_KINDS for line in lines):
        raise Refusal("kind", _("Only sections that hold pages can be added."))
    if sum(line.kind == SectionKind.CONTRACTS for line in lines) > 1:
        raise Refusal("contracts", _("There is a section for contracts already."))


def _forget_unused() -> None:
    """Take away sections that were only ever in a draft: nothing can hang on them."""
    unused = Section.objects.filter(account=None, key=None, lines=None, pages=None, files=None, settings=None)
    Section.objects.filter(pk__in=list(unused.values_list("pk", flat=True))).delete()
