"""Writing pages: revisions, conflicts, drafts, files, limits, removing; what is refused writes nothing."""

import pytest

from accounts.actions.refusal import Refusal
from accounts.models import LedgerEntry, SearchEntry
from channels_app.actions.drafts import keep_draft
from channels_app.actions.indexing import index_files
from channels_app.actions.page_limits import limit_page
from channels_app.actions.pages import Conflict, Facts, restore_revision, save_page
from channels_app.actions.removed_pages import bring_back_page, remove_page
from channels_app.models import Draft, File, Page, Revision
from kam.lib.dates import today
from tests.cast import ONE_DAY, Cast
from tests.channels_app.page_hands import PRICES, change, checked_on, limit_section, section, write

pytestmark = pytest.mark.django_db


# --- writing --------------------------------------------------------------------------------------------------------
def test_create_page_writes_revision_one_and_is_found(cast: Cast) -> None:
    page = write(cast.alice, cast.pankki, "  Avaimet   ja kulku ", '<p onclick="x()">Vahti.</p><script>x()</script>')
    assert (page.title, page.body, page.number) == ("Avaimet ja kulku", "<p>Vahti.</p>", 1)
    assert (page.author, page.changed_by, page.checked_by, page.checked_on) == (cast.alice,) * 3 + (today(),)
    revision = page.revisions.get()
    assert (revision.number, revision.title, revision.body, revision.author) == (1, page.title, page.body, cast.alice)
    assert SearchEntry.objects.get(kind="page", object_id=page.pk).title == "Avaimet ja kulku"


def test_create_page_refuses_no_title_and_another_accounts_contract(cast: Cast) -> None:
    for title, contract in ((" ", None), ("Sopimus", cast.koulut.contracts.get())):
        with pytest.raises(Refusal):
            write(cast.alice, cast.pankki, title, contract=contract)
    assert not Page.objects.exists()
    assert not Revision.objects.exists()


def test_save_page_makes_the_next_revision_and_counts_as_checking(cast: Cast) -> None:
    page = checked_on(write(cast.alice, cast.pankki), cast.day - 400 * ONE_DAY)
    saved = save_page(
        actor=cast.aaro, page=page, title="Avaimet", body="<p>Toimistosta.</p>", based_on=1, note="uusi paikka"
    )
    assert (saved.number, saved.body, saved.changed_by) == (2, "<p>Toimistosta.</p>", cast.aaro)
    assert (saved.checked_by, saved.checked_on) == (cast.aaro, today())
    assert saved.author == cast.alice
    assert list(page.revisions.values_list("number", "body", "note", "author__first_name")) == [
        (2, "<p>Toimistosta.</p>", "uusi paikka", "Aaro"),
        (1, "<p>Vahtimestarilta.</p>", "", "Alice"),
    ]
    assert "Toimistosta" in SearchEntry.objects.get(kind="page", object_id=page.pk).text


def test_save_page_keeps_contract_and_interval_unless_told(cast: Cast) -> None:
    contract = cast.pankki.contracts.get()
    page = write(cast.alice, cast.pankki, key="contracts", contract=contract, review_days=30)
    assert (change(cast.alice, page, "<p>x</p>").contract, page.review_days) == (contract, 30)
    changed = change(cast.alice, page, "<p>y</p>", facts=Facts(None, 60))
    assert (changed.contract, changed.review_days) == (None, 60)
    with pytest.raises(Refusal):
        change(cast.alice, page, "<p>z</p>", facts=Facts(cast.koulut.contracts.get(), None))


def test_save_page_over_a_later_revision_conflicts_and_keeps_the_text_as_a_draft(cast: Cast) -> None:
    page = write(cast.alice, cast.pankki)
    change(cast.aaro, page, "<p>Aaron teksti</p>")
    with pytest.raises(Conflict) as conflict:
        save_page(actor=cast.alice, page=page, title="Oma", body="<p>Alicen teksti</p>", based_on=1, note="oma")
    latest = conflict.value.latest
    assert (latest.number, latest.body, latest.author) == (2, "<p>Aaron teksti</p>", cast.aaro)
    draft = Draft.objects.get()
    assert (draft.person, draft.page, draft.title, draft.body) == (cast.alice, page, "Oma", "<p>Alicen teksti</p>")
    assert (draft.based_on, draft.fields) == (1, {"note": "oma"})
    page.refresh_from_db()
    assert (page.number, page.body) == (2, "<p>Aaron teksti</p>")


def test_save_page_after_deciding_overwrites_and_drops_the_draft_of_before(cast: Cast) -> None:
    page = write(cast.alice, cast.pankki)
    change(cast.aaro, page, "<p>Aaron teksti</p>")
    with pytest.raises(Conflict):
        save_page(actor=cast.alice, page=page, title="Oma", body="<p>Alicen teksti</p>", based_on=1)
    saved = save_page(actor=cast.alice, page=page, title="Oma", body="<p>Alicen teksti</p>", based_on=2, began_from=1)
    assert saved.number == 3
    assert "<p>Aaron teksti</p>" in page.revisions.values_list("body", flat=True)
    assert not Draft.objects.exists()


def test_saving_drops_ones_own_draft_of_that_revision_alone(cast: Cast) -> None:
    page = write(cast.alice, cast.pankki)
    other = write(cast.alice, cast.pankki, "Toinen")
    here = {"account": cast.pankki, "section_id": page.section_id, "title": "x", "body": "<p>x</p>"}
    keep_draft(person=cast.alice, page=page, based_on=1, **here)
    keep_draft(person=cast.aaro, page=page, based_on=1, **here)
    keep_draft(person=cast.alice, page=other, based_on=1, **here)
    keep_draft(person=cast.alice, page=None, based_on=0, **here)
    change(cast.alice, page, "<p>y</p>")
    left = {(draft.person, draft.page) for draft in Draft.objects.all()}
    assert left == {(cast.aaro, page), (cast.alice, other), (cast.alice, None)}
    keep_draft(person=cast.alice, page=page, based_on=1, **here)  # what another tab of before still held
    change(cast.alice, page, "<p>z</p>")
    assert Draft.objects.filter(person=cast.alice, page=page, based_on=1).exists()
    write(cast.alice, cast.pankki, "Uusi")
    assert not Draft.objects.filter(person=cast.alice, page=None).exists()


def test_keep_draft_keeps_one_a_person_and_page(cast: Cast) -> None:
    here = {"account": cast.pankki, "section_id": section().pk, "page": None, "based_on": 0}
    for text in ("<p>a</p>", "<p>ab</p>"):
        keep_draft(person=cast.alice, title="Uusi", body=text, fields={"note": "n"}, **here)
    assert Draft.objects.get().body == "<p>ab</p>"


def test_restore_revision_makes_a_new_one_and_keeps_what_stood(cast: Cast) -> None:
    page = write(cast.alice, cast.pankki)
    change(cast.aaro, page, "<p>Huonompi</p>", title="Avain")
    first = page.revisions.get(number=1)
    restored = restore_revision(actor=cast.alice, page=page, revision=first)
    assert (restored.number, restored.title, restored.body) == (3, "Avaimet", "<p>Vahtimestarilta.</p>")
    assert page.revisions.get(number=3).restored_from == 1
    assert page.revisions.get(number=2).body == "<p>Huonompi</p>"
    with pytest.raises(Refusal):
        restore_revision(actor=cast.alice, page=page, revision=page.revisions.get(number=3))


# --- files ----------------------------------------------------------------------------------------------------------
def a_file(cast: Cast, **fields: object) -> File:
    values = {"account": cast.pankki, "section": section(), "added_by": cast.alice, "name": "kuva.png", "number": 1}
    return File.objects.create(**(values | fields))


def picture(file: File, account: object = None) -> str:
    number = (account or file.account).customer_number
    return f'<p><img src="/accounts/{number}/files/{file.pk}/" alt="kuva"></p>'


def test_files_in_the_text_become_the_pages(cast: Cast) -> None:
    file = a_file(cast)
    page = write(cast.alice, cast.pankki, body=picture(file), limit=PRICES)
    file.refresh_from_db()
    assert (file.page, file.audience) == (page, ["director", "management", "sales", "superior"])
    assert file.attached_at is not None
    assert SearchEntry.objects.get(kind="file", object_id=file.pk).audience == file.audience


def test_files_that_are_somebody_elses_or_belong_somewhere_are_not_taken(cast: Cast) -> None:
    secret = write(cast.alice, cast.pankki, "Hinnat", limit=PRICES)
    others = {
        "of a limited page": a_file(cast, page=secret, attached_at=secret.created_at),
        "the section's own": a_file(cast, attached_at=secret.created_at),
        "a contract's": a_file(cast, contract=cast.pankki.contracts.get()),
        "another section's": a_file(cast, section=section("induction")),
        "another person's": a_file(cast, added_by=cast.aaro),
        "a removed one": a_file(cast, removed_at=secret.created_at),
    }
    before = {what: (file.page, file.attached_at) for what, file in others.items()}
    write(cast.alice, cast.pankki, body="".join(picture(file) for file in others.values()))
    after = {what: File.objects.get(pk=file.pk) for what, file in others.items()}
    assert {what: (file.page, file.attached_at) for what, file in after.items()} == before
    assert after["of a limited page"].audience == ["director", "management", "sales", "superior"]


def test_a_file_of_another_account_is_not_even_shown(cast: Cast) -> None:
    file = a_file(cast, account=cast.koulut)
    page = write(cast.alice, cast.pankki, body=f"<p>a</p>{picture(file)}")
    assert "<img" not in page.body
    forged = write(cast.alice, cast.pankki, body=picture(file, cast.pankki))
    file.refresh_from_db()
    assert file.page is None
    assert forged.files.count() == 0


# --- limits ---------------------------------------------------------------------------------------------------------
def test_limit_page_changes_who_sees_it_its_files_and_what_is_found(cast: Cast) -> None:
    page = write(cast.alice, cast.pankki)
    file = a_file(cast, page=page, attached_at=page.created_at)
    limited = limit_page(actor=cast.alice, page=page, limit=["superior", "sales"])
    audience = ["director", "management", "sales", "superior"]
    file.refresh_from_db()
    assert (limited.limit, limited.audience, file.audience) == (PRICES, audience, audience)
    assert SearchEntry.objects.get(kind="page", object_id=page.pk).audience == audience
    entry = LedgerEntry.objects.get(event="edited")
    assert (entry.actor, entry.account, entry.cause["before"], entry.cause["after"]) == (
        cast.alice, cast.pankki, None, PRICES,
    )  # fmt: skip
    limit_page(actor=cast.alice, page=page, limit=PRICES)
    assert LedgerEntry.objects.filter(event="edited").count() == 1
    assert limit_page(actor=cast.alice, page=page, limit=None).audience is None
    assert SearchEntry.objects.get(kind="page", object_id=page.pk).audience is None


def test_a_page_is_never_wider_than_its_section(cast: Cast) -> None:
    limit_section(cast.pankki, "contracts", ["superior"])
    page = write(cast.alice, cast.pankki, key="contracts", limit=PRICES)
    assert page.audience == ["director", "management", "superior"]


def test_a_revision_keeps_who_could_see_it_while_it_was_the_latest(cast: Cast) -> None:
    page = write(cast.alice, cast.pankki, body="<p>salainen</p>", limit=PRICES)
    change(cast.alice, page, "<p>vielä salainen</p>")
    limit_page(actor=cast.alice, page=page, limit=None)  # what stands there now was decided to be opened
    change(cast.alice, page, "<p>julkinen</p>")
    limited = ["director", "management", "sales", "superior"]
    assert list(page.revisions.values_list("number", "audience")) == [(3, None), (2, None), (1, limited)]
    limit_page(actor=cast.alice, page=page, limit=["superior"])
    narrow = ["director", "management", "superior"]
    assert list(page.revisions.values_list("number", "audience")) == [(3, narrow), (2, None), (1, limited)]


def test_a_revision_follows_the_limit_of_its_section_too(cast: Cast) -> None:
    limit_section(cast.pankki, "working", ["superior"])
    page = write(cast.alice, cast.pankki)
    change(cast.alice, page, "<p>b</p>")
    limit_section(cast.pankki, "working", None)
    narrow = ["director", "management", "superior"]
    assert list(page.revisions.values_list("number", "audience")) == [(2, None), (1, narrow)]


# --- removing -------------------------------------------------------------------------------------------------------
def test_remove_page_takes_it_out_of_the_search_and_bring_back_puts_it_there_again(cast: Cast) -> None:
    page = write(cast.alice, cast.pankki)
    file = a_file(cast, page=page, attached_at=page.created_at)
    entries = SearchEntry.objects.filter(account=cast.pankki)
    index_files([file.pk])
    assert {(one.kind, one.object_id) for one in entries.all()} == {("page", page.pk), ("file", file.pk)}
    remove_page(actor=cast.aaro, page=page)
    remove_page(actor=cast.alice, page=page)
    page.refresh_from_db()
    assert page.removed_by == cast.aaro
    assert not entries.all().exists()
    with pytest.raises(Refusal):
        change(cast.alice, page, "<p>x</p>")
    with pytest.raises(Refusal):
        restore_revision(actor=cast.alice, page=page, revision=page.revisions.get())
    bring_back_page(actor=cast.alice, page=page)
    page.refresh_from_db()
    assert (page.removed_at, page.removed_by) == (None, None)
    assert {(one.kind, one.object_id) for one in entries.all()} == {("page", page.pk), ("file", file.pk)}
