"""What accounts have to offer to the search: themselves, their sites, and who answers for those."""

from django.utils.translation import gettext_lazy as _

from accounts.queries.finding import Source
from accounts.queries.finding_names import ACCOUNT, PERSON, SITE, find_accounts, find_people, find_sites

sources = (
    Source(ACCOUNT, _("Accounts"), "building", 10, find_accounts),
    Source(SITE, _("Sites"), "geo-alt", 60, find_sites),
    Source(PERSON, _("People"), "people", 70, find_people),
)
