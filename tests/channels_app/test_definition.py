"""The shared table of contents: what differs, one draft of all directors, publishing, and who may."""

import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.access import directs_some
from accounts.actions.refusal import Refusal
from accounts.derivation import derive_access
from accounts.models import LedgerEntry, Person
from channels_app.actions.contents import Overtaken, discard_draft, publish_draft, save_draft, token_of
from channels_app.actions.sections import set_section
from channels_app.models import ContentsVersion, Section, SectionKind
from channels_app.queries.definition import (
    Change,
    DefinitionLine,
    differences,
    draft_version,
    lines_of,
    published_versions,
    reach_of,
)
from tests.accounts.pages import page_of, text_of
from tests.cast import Cast, build_cast, stand_in
from tests.channels_app.things import make_page

pytestmark = pytest.mark.django_db
EDIT, PREVIEW = "/contents/edit/", "/contents/preview/"


# --- hands ----------------------------------------------------------------------------------------------------------
def live_version() -> ContentsVersion:
    return published_versions()[0]


def token() -> str:
    return token_of(draft_version(), live_version())


def live_lines() -> list[DefinitionLine]:
    return list(lines_of(live_version()))


def without(key: str) -> list[DefinitionLine]:
    gone = Section.objects.get(key=key).pk
    return [line for line in live_lines() if line.section_id != gone]


def save(actor: Person, lines: list[DefinitionLine], note: str = "") -> ContentsVersion:
    return save_draft(actor=actor, token=token(), lines=lines, note=note)


def published(actor: Person, lines: list[DefinitionLine]) -> ContentsVersion:
    save(actor, lines)
    return publish_draft(actor=actor, token=token())


def new_one(name: str = "Varautuminen", kind: SectionKind = SectionKind.PAGES) -> DefinitionLine:
    return DefinitionLine(0, kind, name, f"{name} (en)")


def sent(lines: list[DefinitionLine], **more: Any) -> dict[str, Any]:
    """Return what the page of the draft sends for `lines`."""
    form: dict[str, Any] = {
        "token": token(),
        "section": [line.section_id for line in lines],
        "note": "",
        "does": "save",
    }
    for line in lines:
        for name in ("name_fi", "name_en", "purpose_fi", "purpose_en"):
            form[f"s{line.section_id}-{name}"] = getattr(line, name)
        if line.of_pages:
            form[f"s{line.section_id}-review_days"] = line.review_days or ""
    return form | more


# --- what differs ---------------------------------------------------------------------------------------------------
def line(number: int, name: str = "", **fields: Any) -> DefinitionLine:
    return DefinitionLine(number, SectionKind.PAGES, name or f"Osio {number}", f"Section {number}", **fields)


def said(changes: list[Change]) -> list[tuple[str, int]]:
    return [(change.what, change.line.section_id) for change in changes]


def test_differences_name_each_change_once():
    old = [line(1), line(2), line(3), line(4), line(5)]
    new = [line(1, "Toinen nimi"), line(4), line(2, review_days=90), line(3, purpose_fi="Uusi"), line(6), line(7)]
    assert said(differences(old, new, known={7})) == [
        ("renamed", 1), ("moved", 4), ("review", 2), ("purpose", 3), ("added", 6), ("back", 7), ("removed", 5),
    ]  # fmt: skip
    assert differences(old, old) == []


def test_removing_the_first_section_moves_no_other():
    old = [line(number) for number in range(1, 8)]
    assert said(differences(old, old[1:])) == [("removed", 1)]


@given(st.lists(st.integers(1, 12), unique=True), st.lists(st.integers(1, 12), unique=True))
def test_what_is_not_said_to_move_keeps_its_order(old: list[int], new: list[int]):
    changes = differences([line(number) for number in old], [line(number) for number in new])
    moved = {change.line.section_id for change in changes if change.what == "moved"}
    still = [number for number in old if number in new and number not in moved]
    assert still == [number for number in new if number in still]
    assert {number for what, number in said(changes) if what == "removed"} == set(old) - set(new)
    assert {number for what, number in said(changes) if what == "added"} == set(new) - set(old)


# --- the draft ------------------------------------------------------------------------------------------------------
def test_a_draft_is_shown_to_no_account_until_it_is_published(cast: Cast, client: Client):
    lines = [*without("induction"), new_one()]
    save(cast.alice, lines, "varautuminen omaksi osiokseen")
    home = reverse("account", args=[cast.pankki.customer_number])
    assert "Varautuminen" not in text_of(page_of(client, cast.bob, home))
    publish_draft(actor=cast.kerttu, token=token())
    live = live_version()
    assert (live.number, live.published_by, live.edited_by) == (2, cast.kerttu, cast.alice)
    assert draft_version() is None
    for who, account in (("bob", cast.pankki), ("charlie", cast.koulut), ("eero", cast.vakuutus)):
        text = text_of(page_of(client, getattr(cast, who), reverse("account", args=[account.customer_number])))
        assert "14 Varautuminen" in text
        assert "Induction and training" not in text
    entry = LedgerEntry.objects.get(event="edited")
    assert (entry.actor, entry.account, entry.cause["version"]) == (cast.kerttu, None, 2)


def test_the_parts_of_the_system_cannot_be_removed_and_only_sections_of_pages_are_added(cast: Cast):
    for section in Section.objects.exclude(kind__in=["page", "pages", "contracts"]):
        with pytest.raises(Refusal) as refused:
            save(cast.alice, without(section.key or ""))
        assert refused.value.code == "needed", section.key
    for kind, code in ((SectionKind.MEMOS, "kind"), (SectionKind.CONTRACTS, "contracts")):
        with pytest.raises(Refusal) as refused:
            save(cast.alice, [*live_lines(), new_one(kind=kind)])
        assert refused.value.code == code
    with pytest.raises(Refusal):
        save(cast.alice, [*live_lines(), live_lines()[0]])
    own = Section.objects.create(account=cast.pankki, kind="pages", local_name="Oma", local_place=1)
    with pytest.raises(Refusal):
        save(cast.alice, [*live_lines(), DefinitionLine(own.pk, SectionKind.PAGES, "Oma", "Own")])
    assert draft_version() is None


def test_whoever_was_overtaken_writes_nothing(cast: Cast):
    before = token()
    save(cast.alice, [*live_lines(), new_one("Alicen")])
    with pytest.raises(Overtaken):
        save_draft(actor=cast.ville, token=before, lines=live_lines(), note="")
    seen = token()
    save(cast.ville, [*lines_of(draft_version() or live_version()), new_one("Villen")])
    for late in (
        lambda: publish_draft(actor=cast.alice, token=seen),
        lambda: discard_draft(actor=cast.alice, token=seen),
    ):
        with pytest.raises(Overtaken):
            late()
    assert [one.name_fi for one in lines_of(draft_version() or live_version())][-2:] == ["Alicen", "Villen"]


def test_a_draft_of_another_version_is_not_published_and_none_cannot_be(cast: Cast):
    with pytest.raises(Refusal) as refused:
        publish_draft(actor=cast.alice, token=token())
    assert refused.value.code == "no_draft"
    save(cast.alice, live_lines())
    ContentsVersion.objects.filter(published_at=None).update(based_on=7)
    with pytest.raises(Refusal) as refused:
        publish_draft(actor=cast.alice, token=token())
    assert refused.value.code == "based_on"
    assert live_version().number == 1


def test_a_section_that_was_only_in_a_draft_is_gone_with_it(cast: Cast):
    sections = Section.objects.count()
    save(cast.alice, [*live_lines(), new_one()])
    assert Section.objects.count() == sections + 1
    discard_draft(actor=cast.kerttu, token=token())
    assert (Section.objects.count(), draft_version()) == (sections, None)


@pytest.mark.django_db(transaction=True)
def test_of_directors_who_save_at_once_one_wins_and_the_others_are_told():
    cast = build_cast()
    directors = [cast.alice, cast.aaro, cast.ville, cast.kerttu]
    seen, lines, outcome = token(), live_lines(), []
    start = threading.Barrier(len(directors))

    def run(person: Person) -> None:
        start.wait()
        try:
            save_draft(actor=person, token=seen, lines=[*lines, new_one(person.first_name)], note="")
            outcome.append(person.first_name)
        except Overtaken:
            outcome.append("overtaken")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[person]) for person in directors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winners = [name for name in outcome if name != "overtaken"]
    assert len(winners) == 1
    assert outcome.count("overtaken") == len(directors) - 1
    draft = draft_version()
    assert draft is not None
    assert lines_of(draft)[-1].name_fi == winners[0]


# --- what hangs on it -----------------------------------------------------------------------------------------------
def test_reach_counts_all_accounts_and_names_only_those_of_the_reader(cast: Cast):
    section = Section.objects.get(key="working")
    for account in (cast.pankki, cast.vakuutus, cast.koulut):
        make_page(account, cast.alice, section=section)
    make_page(cast.pankki, cast.alice, section=section)
    reach = reach_of(cast.kerttu, [section.pk])[section.pk]
    assert (reach.accounts, reach.pages, reach.names) == (3, 4, ["Koulut Oy"])
    set_section(actor=cast.alice, account=cast.pankki, section=section, limit=[], unused_because="")
    assert reach_of(cast.bob, [section.pk])[section.pk].names == []
    assert reach_of(cast.alice, [section.pk])[section.pk].names == ["Pankki Oyj"]


# --- pages ----------------------------------------------------------------------------------------------------------
def test_the_definition_is_open_to_whoever_directs_some_account_today(cast: Cast, client: Client):
    opens = {who for who in vars(cast) if isinstance(getattr(cast, who), Person) and directs_some(getattr(cast, who))}
    assert opens == {"alice", "aaro", "ville", "kerttu"}
    assert not directs_some(None)
    assert page_of(client, cast.charlie, "/contents/").status_code == 404
    stand_in(cast.charlie, cast.kerttu, first=cast.day, last=cast.day)
    derive_access()
    assert page_of(client, cast.charlie, "/contents/").status_code == 200


def test_from_the_first_edit_to_publishing_without_scripts(cast: Cast, client: Client):
    working, brief = (Section.objects.get(key=key).pk for key in ("working", "brief"))
    make_page(cast.pankki, cast.alice, section=Section.objects.get(key="working"))
    assert "Begin a draft" in text_of(page_of(client, cast.alice, "/contents/"))
    form = sent(live_lines())
    renamed = form | {f"s{working}-name_en": "On site", "note": "shorter", "does": f"up-{brief}"}
    assert client.post(EDIT, renamed)["Location"] == f"{EDIT}#s{brief}"
    lines = list(lines_of(draft_version() or live_version()))
    assert [one.section_id for one in lines][1] == brief
    added = {"new_name_fi": "Varautuminen", "new_name_en": "Preparedness", "new_kind": "pages", "does": "add"}
    client.post(EDIT, sent(lines) | {"note": "shorter"} | added)
    lines = list(lines_of(draft_version() or live_version()))
    client.post(EDIT, sent(lines, does=f"remove-{working}"))
    text = text_of(client.get(PREVIEW))
    assert "The account in brief moves from place 3 to place 2." in text
    assert "Preparedness is new, in place 14." in text
    assert "On site" not in text
    assert "Working at the sites is removed. 1 account has something there, 1 in all. It stays readable" in text
    assert "Of yours: Pankki Oyj." in text
    lines = list(lines_of(draft_version() or live_version()))
    client.post(EDIT, sent(lines, does=f"back-{working}"))
    assert "Working at the sites moves from place 6 to place 15" in text_of(client.get(PREVIEW))
    answer = client.post("/contents/publish/", {"token": token()}, follow=True)
    assert "Version 2 is in force" in text_of(answer)
    assert "This is the first version" in text_of(client.get("/contents/versions/1/"))
    assert "Preparedness is new" in text_of(client.get("/contents/versions/2/"))
    assert client.get("/contents/versions/3/").status_code == 404


def test_whoever_saves_second_sees_both_and_loses_nothing(cast: Cast, client: Client):
    working = Section.objects.get(key="working").pk
    form = sent(live_lines())
    theirs = [
        DefinitionLine(**vars(one) | {"name_en": "Theirs"}) if one.section_id == working else one
        for one in live_lines()
    ]
    save(cast.ville, theirs)
    page_of(client, cast.alice, EDIT)
    answer = client.post(EDIT, form | {f"s{working}-name_en": "Mine", "note": "why"})
    assert answer.status_code == 422
    text = text_of(answer)
    assert "Ville Väisänen saved the draft meanwhile" in text
    assert "( Mine ) is called" in text.replace("(Mine)", "( Mine )")
    assert 'value="Mine"' in answer.content.decode()
    assert lines_of(draft_version() or live_version()) == tuple(theirs)
    # Saving what now stands in the form is a decision.
    decided = form | {"token": answer.context["token"], f"s{working}-name_en": "Mine"}
    assert client.post(EDIT, decided).status_code == 302
    names = {one.section_id: one.name_en for one in lines_of(draft_version() or live_version())}
    assert names[working] == "Mine"


def test_mistakes_keep_what_was_typed_and_save_nothing(cast: Cast, client: Client):
    working = Section.objects.get(key="working").pk
    page_of(client, cast.alice, EDIT)
    answer = client.post(EDIT, sent(live_lines()) | {f"s{working}-name_fi": "", f"s{working}-name_en": "Kept"})
    assert answer.status_code == 422
    assert 'value="Kept"' in answer.content.decode()
    assert client.post(EDIT, sent(live_lines(), does="add")).status_code == 422
    assert client.post(EDIT, {"token": token()}).status_code == 422  # everything removed
    assert draft_version() is None
    late = client.post("/contents/publish/", {"token": "old"}, follow=True)
    assert "Somebody has changed the draft since you looked" in text_of(late)


@pytest.mark.parametrize("versions", [1, 6])
def test_pages_of_the_definition_take_the_same_queries_with_few_and_many_versions(
    cast: Cast, client: Client, versions: int, django_assert_num_queries: Any
):
    for number in range(versions):
        published(cast.alice, [*live_lines(), new_one(f"Osio {number}")])
    save(cast.alice, live_lines())
    page_of(client, cast.alice, "/contents/")
    # session, login with person, rail, directs some; versions, their lines, the draft, its lines
    for url, queries in (("/contents/", 8), (EDIT, 8), ("/contents/versions/1/", 6)):
        with django_assert_num_queries(queries):
            assert client.get(url).status_code == 200
