"""The logins themselves: made when a known person first asks for one, following the person's address, shut, reopened.

The company's own data says who there is; nobody signs up. A login never decides what may be seen, its person does.
"""

from collections.abc import Iterable

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from accounts.models import EmailConflict, Person, User
from accounts.signin.rules import Claims, may_sign_in
from kam.lib.dates import today

# Reserved by RFC 2606: no mail ever arrives there. For logins whose person has no address of their own right now.
NOWHERE = "@login.invalid"


def known_people() -> QuerySet[Person]:
    """Return those who may have a login: with the company, and with an address that nobody else claims."""
    contested = EmailConflict.objects.filter(email=OuterRef("email"), resolved_at=None)
    here = Q(left_on=None) | Q(left_on__gte=today())
    return Person.objects.filter(here).exclude(email="").exclude(Exists(contested))


def login_for_email(email: str) -> User | None:
    """Return the login of the known person with this address, made on the spot if they never had one.

    None for an unknown or contested address, somebody who left, and a shut login. The address is not proven by
    asking: the code sent to it does that. Two requests at once end with one login.
    """
    person = known_people().filter(email=email.lower()).first()
    return None if person is None else _open_login(person)


def login_for_claims(claims: Claims) -> User | None:
    """Return the login of whom the company's own sign-in means, as in `login_for_email`.

    The employee number, where given, decides alone: it is the key of a person, addresses move.
    """
    if claims.employee_number:
        person = known_people().filter(employee_number=claims.employee_number).first()
    else:
        person = known_people().filter(email=claims.email).first() if claims.email else None
    if person is None:
        return None
    login = _open_login(person)
    if login is not None and login.email == claims.email:
        EmailAddress.objects.filter(user=login, email=login.email).update(verified=True)
    return login


@transaction.atomic
def _open_login(person: Person) -> User | None:
    _let_go_of(person)
    fields = {"email": person.email, "password": make_password(None)}
    login, _made = User.objects.select_related("person").get_or_create(person=person, defaults=fields)
    EmailAddress.objects.get_or_create(user=login, email=login.email, defaults={"primary": True})
    return login if may_sign_in(login) else None


def _let_go_of(person: Person) -> None:
    """Bring addresses up to date when another login still holds the person's, or theirs is an old one."""
    holds_it = Q(email=person.email) & ~Q(person=person)
    has_another = Q(person=person) & ~Q(email=person.email)
    if User.objects.filter(holds_it | has_another).exists():
        follow_emails()


@transaction.atomic
def follow_emails() -> int:
    """Give every login the address its person has now; return how many changed.

    A new address counts as unproven: a password alone no longer opens the login until a code sent there came back.
    Whose address is contested or gone has none to sign in with; running sessions stay, they belong to the person.
    The same few statements whatever the number of changes; addresses may swap owners.
    """
    differs = ~Q(email=F("person__email")) & ~(Q(person__email="") & Q(email__endswith=NOWHERE))
    moving = list(User.objects.exclude(person=None).filter(differs).values_list("pk", flat=True))
    wanted = Person.objects.filter(login__in=moving).exclude(email="").values("email")
    orphans = list(User.objects.filter(person=None, email__in=wanted).values_list("pk", flat=True))
    if not moving:
        return 0
    everybody = User.objects.filter(pk__in=[*moving, *orphans])
    everybody.update(email=Concat(Value("login-"), Cast("pk", CharField()), Value(NOWHERE)))
    EmailAddress.objects.filter(user__in=[*moving, *orphans]).delete()
    persons = Person.objects.filter(login=OuterRef("pk")).values("email")[:1]
    followed = User.objects.filter(pk__in=moving).exclude(person__email="")
    followed.update(email=persons)
    EmailAddress.objects.bulk_create(
        EmailAddress(user_id=pk, email=email, primary=True, verified=False)
        for pk, email in User.objects.filter(pk__in=moving).exclude(email__endswith=NOWHERE).values_list("pk", "email")
    )
    return len(moving)


@transaction.atomic
def shut_logins(person_ids: Iterable[int]) -> int:
    """Shut the logins of these persons and end their sessions at once; return how many were open."""
    logins = User.objects.filter(person__in=list(person_ids))
    shut = logins.filter(is_active=True).values_list("pk", flat=True)
    count: int = User.objects.filter(pk__in=list(shut)).update(is_active=False)
    end_sessions(logins)
    return count


def end_sessions(logins: QuerySet[User]) -> None:
    """End every session of these logins, on whatever device."""
    sessions = UserSession.objects.filter(user__in=logins)
    Session.objects.filter(session_key__in=list(sessions.values_list("session_key", flat=True))).delete()
    sessions.delete()


def reopen_login(person: Person) -> None:
    """Open a shut login again; nothing happens for somebody who never had one."""
    User.objects.filter(person=person).update(is_active=True)
