"""The jobs behind an import; envelopes only."""

from django.utils.translation import gettext_lazy as _

from accounts.jobs import Run, handler
from accounts.models import RosterImport
from accounts.roster import mails, pipeline  # noqa: F401  mails registers what fills them


@handler("read_import", label=_("Reading of an import"))
def read_import(run: Run) -> None:
    """Read, check, stage and forecast the import `run.args["import"]`."""
    pipeline.read(RosterImport.objects.select_related("source").get(pk=run.args["import"]), run.progress)


@handler("apply_import", label=_("Applying of an import"))
def apply_import(run: Run) -> None:
    """Apply the confirmed import `run.args["import"]`."""
    run.progress("applying", 0, 0)
    pipeline.apply(RosterImport.objects.get(pk=run.args["import"]))
