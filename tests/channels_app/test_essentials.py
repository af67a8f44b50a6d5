"""Essentials: who writes them, who reads them, in which order, and what they say once the page has changed."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.access import account_for
from accounts.actions.refusal import Refusal
from accounts.derivation import derive_access
from accounts.models import Person
from channels_app.actions.essentials import remove_essential, write_essential
from channels_app.models import Essential, Page
from channels_app.queries.contents import contents_of
from channels_app.queries.essentials import essentials_for, superiors_of
from channels_app.queries.sections import page_lines
from tests.accounts.pages import page_of, text_of
from tests.cast import Cast, assign, make_login, make_person, make_site
from tests.channels_app.page_hands import change, write
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db


def url(page: Page, name: str = "page_essential") -> str:
    return reverse(name, args=[page.account.customer_number, page.pk])


def authors(person: Person, page: Page) -> list[str]:
    """Return by whom essentials stand above the page for `person`, in their order."""
    page.account = account_for(person, page.account.customer_number)
    return [shown.essential.author.first_name for shown in essentials_for(person, page)]


@pytest.fixture
def summed_up(cast: Cast) -> Page:
    """A page with essentials by Arja, Matti under her, and Bob under him."""
    page = write(cast.alice, cast.pankki)
    for author in (cast.arja, cast.bob, cast.matti):
        write_essential(actor=author, page=page, text=f"{author.first_name} kertoo", number=1)
    return page


def test_ones_own_superiors_essentials_stand_there_the_nearest_first(summed_up: Page, cast: Cast) -> None:
    assert authors(cast.ines, summed_up) == ["Bob", "Matti", "Arja"]
    assert authors(cast.bob, summed_up) == ["Bob", "Matti", "Arja"]
    assert authors(cast.matti, summed_up) == ["Matti", "Arja"]
    assert authors(cast.arja, summed_up) == ["Arja"]


def test_others_do_not_see_them_but_directors_and_management(summed_up: Page, cast: Cast) -> None:
    elsewhere = make_person("Olga", "Oksanen")
    assign(elsewhere, make_site(cast.pankki, "Toinen kohde"))
    derive_access()
    for person in (cast.saara, cast.tuula, cast.stina, elsewhere):
        assert authors(person, summed_up) == [], person
    for person in (cast.alice, cast.aaro, cast.greta):
        assert set(authors(person, summed_up)) == {"Arja", "Matti", "Bob"}, person


def test_a_circle_of_superiors_ends(cast: Cast) -> None:
    cast.arja.superior = cast.ines
    cast.arja.save()
    assert superiors_of(cast.ines) == {cast.bob.pk: 1, cast.matti.pk: 2, cast.arja.pk: 3}
    assert superiors_of(cast.saara) == {}


def test_essentials_say_when_the_page_has_changed_since(summed_up: Page, cast: Cast, client: Client) -> None:
    changed = "the page has changed since this was written"
    assert changed not in text_of(page_of(client, cast.ines, url(summed_up, "page")))
    change(cast.alice, summed_up, "<p>uusi</p>")
    assert text_of(page_of(client, cast.ines, url(summed_up, "page"))).count(changed) == 3
    write_essential(actor=cast.matti, page=summed_up, text="Uudestaan", number=2)
    assert text_of(page_of(client, cast.ines, url(summed_up, "page"))).count(changed) == 2


def test_a_superior_writes_changes_and_removes_theirs(cast: Cast, client: Client) -> None:
    page = write(cast.alice, cast.pankki)
    page_of(client, cast.matti, url(page))
    assert client.post(url(page), {"text": " Avaimet aulasta <b>\r\nheti ", "number": "1"})["Location"] == url(
        page, "page"
    )
    assert Essential.objects.get().text == "Avaimet aulasta <b>\nheti"
    html = page_of(client, cast.ines, url(page, "page")).content.decode()
    assert "Avaimet aulasta &lt;b&gt;<br>heti" in html
    assert "Matti Mäkelä" in html
    sign_in(client, cast.matti)
    client.post(url(page), {"text": "Toisin", "number": "1"})
    assert Essential.objects.get().text == "Toisin"
    client.post(url(page), {"remove": "1"})
    assert not Essential.objects.exists()


@pytest.mark.parametrize("text", ["", "   ", "a" * 1001])
def test_what_is_empty_or_too_long_is_refused_and_kept_in_the_form(cast: Cast, client: Client, text: str) -> None:
    page = write(cast.alice, cast.pankki)
    sign_in(client, cast.matti)
    assert client.post(url(page), {"text": text, "number": "1"}).status_code == 422
    with pytest.raises(Refusal):
        write_essential(actor=cast.matti, page=page, text=text, number=1)
    assert not Essential.objects.exists()


def test_whoever_is_nobodys_superior_here_writes_none(cast: Cast) -> None:
    page = write(cast.alice, cast.pankki)
    limited = write(cast.alice, cast.pankki, "Kate", limit=[])
    for person in (cast.alice, cast.ines, cast.saara, cast.greta, cast.charlie):
        client = sign_in(Client(), person)
        assert client.post(url(page), {"text": "x", "number": "1"}).status_code == 404, person
    assert sign_in(Client(), cast.matti).get(url(limited)).status_code == 404


def test_remove_essential_takes_ones_own_alone(summed_up: Page, cast: Cast) -> None:
    remove_essential(actor=cast.matti, page=summed_up)
    assert set(Essential.objects.values_list("author__first_name", flat=True)) == {"Arja", "Bob"}


def test_somebody_new_under_a_superior_reads_theirs_at_once(summed_up: Page, cast: Cast) -> None:
    newcomer = make_person("Urho", "Uusi", superior=cast.matti)
    make_login(newcomer)
    assign(newcomer, cast.branch)
    derive_access()
    assert authors(newcomer, summed_up) == ["Matti", "Arja"]


def test_the_list_of_pages_marks_no_essential_of_a_revision_that_its_reader_may_not_see(cast: Cast) -> None:
    page = write(cast.alice, cast.pankki, limit=["superior"])
    write_essential(actor=cast.arja, page=page, text="Arja kertoo", number=1)
    change(cast.alice, page, "<p>Toisin.</p>")
    Page.objects.filter(pk=page.pk).update(limit=None)

    def marked(person: Person) -> list[bool]:
        account = account_for(person, cast.pankki.customer_number)
        line = contents_of(account, account.standing).line(page.section_id)
        assert line
        return [one.essentials for one in page_lines(account, line, person)]

    assert marked(cast.matti) == [True]
    assert marked(cast.ines) == [False]
