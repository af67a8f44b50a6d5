"""Dana at her browser, and imports as rows: what the pages show does not depend on how a forecast came about."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import ForecastLine, ImportProblem, RosterImport
from tests.cast import Cast
from tests.sign_in import sign_in


@pytest.fixture
def dana(cast: Cast) -> Client:
    client = sign_in(Client(headers={"accept-language": "en"}), cast.dana)
    client.get("/admin/")  # the day's first request also notes that she was seen
    return client


@pytest.fixture
def make_forecast(cast: Cast) -> Callable[..., RosterImport]:
    """Make an import with a forecast of `lines` gains and losses."""

    def make(lines: int = 2, **fields: Any) -> RosterImport:
        figures = {
            "access_gained": lines,
            "access_lost": 1,
            "left_without": 2,
            "accounts_total": 4,
            "accounts_touched": 1,
        }
        values: dict[str, Any] = {
            "kind": "roster", "state": "forecast", "file_name": "vienti.csv", "exported_on": cast.day,
            "rows_read": lines, "figures": figures, "rows_bad": 1, "created_by": cast.dana,
        }  # fmt: skip
        made = RosterImport.objects.create(**values | fields)
        data = {"kind": "responsible", "acts_as": "responsible", "role": "supervisor"}
        ForecastLine.objects.bulk_create(
            ForecastLine(
                roster_import=made, section="access_gained", position=n, account_number=cast.pankki.customer_number,
                account_name="Pankki Oyj", employee_number=f"{n:07}", person_name=f"Nimi {n}", site_number="00001",
                site_name="=Palokka 3", day=cast.day, row=n + 1, data=data,
            )
            for n in range(lines)
        )  # fmt: skip
        ForecastLine.objects.create(
            roster_import=made, section="left_without", position=1, account_name="Pankki Oyj", site_name="Yksin jäävä"
        )
        ImportProblem.objects.create(
            roster_import=made, row=7, column="Alkaa", value="31.2.2026", code="date_impossible", severity="error"
        )
        return made

    return make
