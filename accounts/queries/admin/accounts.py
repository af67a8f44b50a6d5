"""Accounts as an administrator keeps them: names, contracts, directors. Never what is in them."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from accounts.models import Account, BarrierMember, Contract, Directorship, Site
from kam.lib.dates import today
from kam.lib.finnish import finnish_key


@dataclass(frozen=True)
class AccountLine:
    """A line of the list: the account, who directs it today, and how many sites are open."""

    customer_number: str
    name: str
    industry: str
    listed: bool
    director: str
    sites: int
    contracts: int


def account_lines(words: str = "") -> list[AccountLine]:
    """Return all accounts, or those whose name or number has the words, in Finnish order; three queries."""
    day = today()
    accounts = Account.objects.all()
    for word in words.split():
        accounts = accounts.filter(Q(name_key__contains=finnish_key(word)) | Q(customer_number__contains=word))
    directors = {
        account: f"{first} {last}".strip()
        for account, first, last in Directorship.objects.filter(
            post=Directorship.Post.DIRECTOR, period__contains=day
        ).values_list("account_id", "person__first_name", "person__last_name")
    }
    contracts = dict(
        Contract.objects.filter(period__contains=day).order_by().values_list("account").annotate(n=Count("pk"))
    )
    open_sites = Count("placements", filter=Q(placements__period__contains=day))
    return [
        AccountLine(
            account.customer_number,
            account.name,
            account.industry,
            account.listed,
            directors.get(account.pk, ""),
            account.open_sites,
            contracts.get(account.pk, 0),
        )
        for account in accounts.annotate(open_sites=open_sites).order_by("name_key", "customer_number")
    ]


@dataclass(frozen=True)
class AccountPage:
    contracts: list[Contract]
    directorships: list[Directorship]
    barriers: list[BarrierMember]
    sites: int


def account_page(account: Account) -> AccountPage:
    """Return what the page of an account shows; a constant number of queries."""
    contracts = account.contracts.annotate(site_count=Count("sites")).order_by("-period", "number")
    directorships = account.directorships.filter(period__isempty=False).select_related("person")
    return AccountPage(
        contracts=list(contracts),
        directorships=list(directorships.order_by("-period", "-post")),
        barriers=list(BarrierMember.objects.filter(account=account).select_related("barrier", "side")),
        sites=account.placements.filter(period__contains=today()).count(),
    )


def sites_of(account: Account) -> QuerySet[Site]:
    """Return every site that is or was the account's, in Finnish order."""
    return Site.objects.filter(placements__account=account).distinct().order_by("name_key", "number")
