"""What `make screenshots` takes pictures of, and the facts that their addresses hang on."""

from dataclasses import dataclass

DESK, PHONE = (1280, 860), (390, 844)
FACTS = """
import json
from django.utils import timezone, translation
from accounts.models import AccessGrant, Approval, Barrier, Directorship, RosterImport, Stay
from channels_app.models import File, Memo, Message, MessageRecipient, Page, Section
from kam.demo import PILOT, cast
with translation.override("en"):
    people = {str(one.role_label): one.employee_number for one in cast()}
torn = AccessGrant.objects.filter(blocked=True).select_related("person").order_by("person__name_key").first()
came = Stay.objects.filter(announced=True, ended_on=None).exclude(person__invitations__isnull=False)
stay = came.order_by("account__name_key", "person__name_key").first()
pages = Page.objects.filter(account__customer_number=PILOT)
page_of = dict(pages.filter(memo=None).values_list("title", "pk"))
files = File.objects.filter(account__customer_number=PILOT)
memo = Memo.objects.filter(page__in=pages, meeting="customer").order_by("-held_on").first()
messages = Message.objects.filter(account__customer_number=PILOT)
message_of = dict(messages.values_list("subject", "pk"))
asked = MessageRecipient.objects.filter(message__in=messages, message__kind="urgent", acknowledged_at=None)
asked = asked.filter(message__acknowledge_by__gte=timezone.now()).exclude(person__absences__isnull=False)
asked = asked.filter(person__title="esimies").select_related("person").order_by("person__name_key").first()
deputy = Directorship.objects.filter(account__customer_number=PILOT, post="deputy").first()
print(json.dumps({
    "people": people, "pilot": PILOT, "import": RosterImport.objects.latest("pk").pk,
    "barrier": Barrier.objects.earliest("pk").pk, "torn": torn.person.employee_number if torn else "",
    "newcomer": stay.person.employee_number if stay else "",
    "new_account": stay.account.customer_number if stay else "",
    "deputy": deputy.person.employee_number, "memo": memo.pk if memo else 0, "page_of": page_of,
    "asked": asked.person.employee_number if asked else "", "message_of": message_of,
    "approval": Approval.objects.filter(verdict="").values_list("pk", flat=True).first() or 0,
    "file_of": dict(files.values_list("name", "pk")),
    "section": dict(Section.objects.exclude(key=None).values_list("key", "pk")),
}))
"""


@dataclass(frozen=True)
class Picture:
    """A page as somebody sees it; `who` is a role of the demo, or a fact's name, or nobody."""

    name: str
    who: str
    path: str
    size: tuple[int, int] = DESK
    language: str = "fi"
    theme: str = "light"


SUPERVISOR, DIRECTOR, ADMINISTRATOR = "Supervisor", "Key account director", "Administrator"
SIGNED_OUT = [
    Picture("sign-in", "", "/login/"),
    Picture("sign-in-phone", "", "/login/", PHONE),
    Picture("demo", "", "/demo/"),
]
READERS = [
    Picture("home", DIRECTOR, "/"),
    Picture("home-phone", SUPERVISOR, "/", PHONE),
    Picture("accounts", DIRECTOR, "/accounts/"),
    Picture("accounts-phone", SUPERVISOR, "/accounts/", PHONE),
    Picture("sites", DIRECTOR, "/accounts/{pilot}/sites/"),
    Picture("sites-phone", SUPERVISOR, "/accounts/{pilot}/sites/", PHONE),
    Picture("sites-for-paper", DIRECTOR, "/accounts/{pilot}/sites/print/"),
    Picture("why-phone", SUPERVISOR, "/accounts/{pilot}/why/", PHONE),
    Picture("who-sees", DIRECTOR, "/accounts/{pilot}/who/"),
    Picture("invitations", DIRECTOR, "/accounts/{pilot}/invitations/"),
    Picture("arrivals", DIRECTOR, "/accounts/{pilot}/arrivals/"),
    Picture("substitutions", "Manager", "/substitutions/"),
    Picture("accounts-phone-dark", SUPERVISOR, "/accounts/", PHONE, theme="dark"),
    Picture("substitutions-phone", SUPERVISOR, "/substitutions/", PHONE),
    Picture("handover-phone", "newcomer", "/accounts/{new_account}/handover/", PHONE),
    Picture("me-phone", SUPERVISOR, "/me/", PHONE),
    Picture("missing-phone", SUPERVISOR, "/accounts/000000/", PHONE),
]
FORECAST = [
    Picture("forecast", ADMINISTRATOR, "/admin/imports/{import}/"),
    Picture("forecast-dark", ADMINISTRATOR, "/admin/imports/{import}/", theme="dark"),
    Picture("forecast-english", ADMINISTRATOR, "/admin/imports/{import}/", language="en"),
    Picture("forecast-phone", ADMINISTRATOR, "/admin/imports/{import}/", PHONE),
]
ADMINISTRATION = [
    Picture("administration", ADMINISTRATOR, "/admin/"),
    Picture("imports", ADMINISTRATOR, "/admin/imports/"),
    Picture("import-applied", ADMINISTRATOR, "/admin/imports/{import}/"),
    Picture("import-undo", ADMINISTRATOR, "/admin/imports/{import}/undo/"),
    Picture("conflicts", ADMINISTRATOR, "/admin/conflicts/"),
    Picture("conflicts-phone", ADMINISTRATOR, "/admin/conflicts/", PHONE),
    Picture("barriers", ADMINISTRATOR, "/admin/barriers/"),
    Picture("barrier", ADMINISTRATOR, "/admin/barriers/{barrier}/"),
    Picture("people", ADMINISTRATOR, "/admin/people/"),
    Picture("person", ADMINISTRATOR, "/admin/people/{torn}/"),
    Picture("titles", ADMINISTRATOR, "/admin/titles/"),
    Picture("accounts-administered", ADMINISTRATOR, "/admin/accounts/"),
    Picture("account-administered", ADMINISTRATOR, "/admin/accounts/{pilot}/"),
    Picture("access-on-a-day", ADMINISTRATOR, "/admin/access/?account={pilot}&on=2026-11-20&compared_with=2026-10-15"),
    Picture("ledger", ADMINISTRATOR, "/admin/ledger/"),
    Picture("ledger-english", ADMINISTRATOR, "/admin/ledger/", language="en"),
    Picture("jobs", ADMINISTRATOR, "/jobs/"),
]
GUARD = [
    Picture("forecast-guard", ADMINISTRATOR, "/admin/imports/{import}/"),
    Picture("forecast-guard-phone", ADMINISTRATOR, "/admin/imports/{import}/", PHONE),
    Picture("problems", ADMINISTRATOR, "/admin/imports/{import}/problems/"),
]
PILOT = "/accounts/{pilot}/"
KEYS = PILOT + "pages/{page_of[Avaimet ja kulkuluvat]}/"
NOROVIRUS = PILOT + "pages/{page_of[Norovirus ja muut tartunnat]}/"
PLANS = PILOT + "pages/{page_of[Siivousalueet ja pohjakartat]}/"
CHANNEL = [
    Picture("channel-home", DIRECTOR, PILOT),
    Picture("channel-home-dark", DIRECTOR, PILOT, theme="dark"),
    Picture("channel-home-english", DIRECTOR, PILOT, language="en"),
    Picture("channel-home-phone", SUPERVISOR, PILOT, PHONE),
    Picture("section", DIRECTOR, PILOT + "sections/{section[working]}/"),
    Picture("section-phone", SUPERVISOR, PILOT + "sections/{section[working]}/", PHONE),
    Picture("contracts", DIRECTOR, PILOT + "sections/{section[contracts]}/"),
    Picture("section-setting", DIRECTOR, PILOT + "sections/{section[contracts]}/setting/"),
    Picture("page", DIRECTOR, KEYS),
    Picture("page-plans", DIRECTOR, PLANS),
    Picture("page-limited", DIRECTOR, PILOT + "pages/{page_of[Hinnat ja hinnantarkistus]}/"),
    Picture("page-phone", SUPERVISOR, NOROVIRUS, PHONE),
    Picture("page-phone-dark", SUPERVISOR, NOROVIRUS, PHONE, theme="dark"),
    Picture("page-edit", DIRECTOR, PILOT + "pages/{page_of[Siivousalueet ja pohjakartat]}/edit/"),
    Picture("page-edit-phone", DIRECTOR, NOROVIRUS + "edit/", PHONE),
    Picture("page-draft", DIRECTOR, PILOT + "pages/{page_of[Tarvikkeiden tilaaminen]}/edit/"),
    Picture("history", DIRECTOR, KEYS + "history/"),
    Picture("differences", DIRECTOR, NOROVIRUS + "history/differences/?from=1&to=4"),
    Picture("page-for-paper", DIRECTOR, KEYS + "print/"),
    Picture("freshness", DIRECTOR, "/freshness/"),
    Picture("freshness-phone", DIRECTOR, "/freshness/", PHONE),
    Picture("editors", DIRECTOR, PILOT + "editors/"),
    Picture("local-sections", DIRECTOR, PILOT + "local-sections/"),
    Picture("memos", DIRECTOR, PILOT + "memos/"),
    Picture("memos-phone", SUPERVISOR, PILOT + "memos/", PHONE),
    Picture("memo", DIRECTOR, PILOT + "memos/{memo}/"),
    Picture("memo-phone", SUPERVISOR, PILOT + "memos/{memo}/", PHONE),
    Picture("memo-edit", DIRECTOR, PILOT + "memos/{memo}/edit/"),
    Picture("tasks", DIRECTOR, PILOT + "tasks/"),
    Picture("tasks-phone", SUPERVISOR, PILOT + "tasks/", PHONE),
    Picture("file", DIRECTOR, PILOT + "files/{file_of[norovirus-pikaohje.pdf]}/about/"),
    Picture("file-versions", DIRECTOR, PILOT + "files/{file_of[hinnasto.xlsx]}/about/"),
    Picture("search", DIRECTOR, "/search/?q=avaimen"),
    Picture("search-dark", DIRECTOR, "/search/?q=avaimen", theme="dark"),
    Picture("search-phone", SUPERVISOR, "/search/?q=norovirus", PHONE),
    Picture("contents", DIRECTOR, "/contents/"),
    Picture("contents-edit", DIRECTOR, "/contents/edit/"),
]
CLOSETS = PILOT + "messages/{message_of[Kemikaalikaapit lukkoon: asukas joutui sairaalaan]}/"
BLINDS = PILOT + "questions/{message_of[Kuuluvatko sälekaihtimet ylläpitosiivoukseen?]}/"
MESSAGES = [
    Picture("messages", DIRECTOR, PILOT + "messages/"),
    Picture("messages-phone", SUPERVISOR, PILOT + "messages/", PHONE),
    Picture("message-urgent", DIRECTOR, CLOSETS),
    Picture("message-urgent-phone", "asked", CLOSETS, PHONE),
    Picture("acknowledge-phone", "asked", CLOSETS + "acknowledge/", PHONE),
    Picture("acknowledge-phone-dark", "asked", CLOSETS + "acknowledge/", PHONE, theme="dark"),
    Picture("message-new", DIRECTOR, PILOT + "messages/new/?kind=urgent"),
    Picture("reach", DIRECTOR, CLOSETS + "reach/"),
    Picture("reach-english", DIRECTOR, CLOSETS + "reach/?show=superiors", language="en"),
    Picture("questions", DIRECTOR, PILOT + "questions/"),
    Picture("question-phone", SUPERVISOR, BLINDS, PHONE),
    Picture("unanswered", DIRECTOR, "/unanswered/"),
    Picture("second-eyes", DIRECTOR, "/eyes/"),
    Picture("second-eyes-text", DIRECTOR, "/eyes/{approval}/"),
    Picture("feedback", DIRECTOR, PILOT + "feedback/"),
    Picture("notices", DIRECTOR, "/notices/"),
    Picture("notices-phone", SUPERVISOR, "/notices/", PHONE),
    Picture("notice-choices", SUPERVISOR, "/me/notices/"),
    Picture("telephones-phone", SUPERVISOR, "/me/push/", PHONE),
    Picture("yearly-summary", DIRECTOR, "/activity/"),
]
