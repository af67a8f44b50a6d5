"""What needs an administrator's eyes today, in numbers."""

from dataclasses import dataclass

from accounts.models import AccessGrant, EmailConflict, Job, RosterImport
from accounts.queries.admin.titles import unknown_titles
from kam.lib.dates import today

State = RosterImport.State


@dataclass(frozen=True)
class Overview:
    """How many things of each sort wait for somebody."""

    torn: int
    emails: int
    failed_jobs: int
    waiting: int
    failed_imports: int
    unknown_titles: int

    @property
    def nothing(self) -> bool:
        return not any(
            (self.torn, self.emails, self.failed_jobs, self.waiting, self.failed_imports, self.unknown_titles)
        )


def overview() -> Overview:
    """Count what waits; a constant number of queries."""
    blocked = AccessGrant.objects.filter(blocked=True, ends__gte=today())
    return Overview(
        torn=blocked.values("person").distinct().count(),
        emails=EmailConflict.objects.filter(resolved_at=None).count(),
        failed_jobs=Job.objects.filter(state=Job.State.FAILED).count(),
        waiting=RosterImport.objects.filter(state__in=[State.FORECAST, State.STALE]).count(),
        failed_imports=RosterImport.objects.filter(state=State.FAILED).count(),
        unknown_titles=len(unknown_titles()),
    )
