"""What a snapshot means (roster-import.md): what starts, stays, ends, moves and closes, and who sees what by it."""

import datetime as dt

import pytest

from accounts.models import Assignment, Placement, Site
from tests.accounts.roster.exports import (
    NOVEMBER,
    OCTOBER,
    account,
    assignments,
    imported,
    lines,
    person,
    placements,
    row,
    text,
    who_sees,
)  # fmt: skip

pytestmark = pytest.mark.django_db
D = dt.date
DAY_BEFORE = NOVEMBER - dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def pankki():
    return account()


def test_first_file_opens_sites_and_gives_access():
    done = imported(text(row(), row(person="0000003", Alkaa="1.3.2026", Päättyy="31.3.2026")), OCTOBER)
    assert done.state == "applied"
    assert assignments() == {
        ("0000001", "supervisor", D(2026, 1, 1), None),
        ("0000003", "supervisor", D(2026, 3, 1), D(2026, 3, 31)),
    }
    assert placements() == {("030001", D(2026, 1, 1), None)}
    assert who_sees(OCTOBER) == {("0000001", "responsible")}
    assert who_sees(D(2026, 3, 31)) == {("0000001", "responsible"), ("0000003", "responsible")}


def test_assignment_missing_from_file_ends_the_day_before():
    imported(text(row(), row(person="0000003")), OCTOBER)
    imported(text(row()), NOVEMBER)
    assert ("0000003", "supervisor", D(2026, 1, 1), DAY_BEFORE) in assignments()
    assert ("0000003", "responsible") in who_sees(DAY_BEFORE)
    assert who_sees(NOVEMBER) == {("0000001", "responsible")}


def test_assignment_keeps_the_row_it_came_from_when_no_row_ends_it():
    october = imported(text(row(), row(person="0000003")), OCTOBER)
    done = imported(text(row(), row("00002")), NOVEMBER)
    ended = Assignment.objects.get(person=person("0000003"))
    assert (ended.roster_import, ended.row) == (october, 3), "row 3 of November's file is about somebody else"
    assert [line.row for line in lines(done, "access_lost")] == [None]


def test_period_that_ended_and_is_no_longer_exported_stays_as_history():
    imported(text(row(), row(person="0000003", Päättyy="31.3.2026")), OCTOBER)
    imported(text(row()), NOVEMBER)
    assert ("0000003", "supervisor", D(2026, 1, 1), D(2026, 3, 31)) in assignments()


def test_period_ahead_that_is_no_longer_in_the_file_never_comes():
    imported(text(row(), row(person="0000003", Alkaa="1.12.2026")), OCTOBER)
    assert ("0000003", "responsible") in who_sees(D(2026, 12, 1))
    imported(text(row()), NOVEMBER)
    assert assignments() == {("0000001", "supervisor", D(2026, 1, 1), None)}
    assert who_sees(D(2026, 12, 1)) == {("0000001", "responsible")}
    assert Assignment.objects.count() == 2, "nothing is ever deleted"


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ({"Alkaa": "1.3.2026"}, (D(2026, 3, 1), None)),
        ({"Päättyy": "31.12.2026"}, (D(2026, 1, 1), D(2026, 12, 31))),
        ({"Päättyy": "30.6.2026"}, (D(2026, 1, 1), D(2026, 6, 30))),
    ],
)
def test_running_period_is_replaced_by_the_files(now, then):
    imported(text(row()), OCTOBER)
    imported(text(row(**now)), NOVEMBER)
    assert assignments() == {("0000001", "supervisor", *then)}
    assert Assignment.objects.count() == 1


def test_periods_that_overlap_or_touch_are_merged():
    imported(
        text(
            row(Päättyy="31.3.2026"),
            row(Alkaa="1.4.2026", Päättyy="30.6.2026"),
            row(Alkaa="1.6.2026", Päättyy="31.8.2026"),
            row(Alkaa="1.10.2026"),
        ),
        OCTOBER,
    )
    assert assignments() == {
        ("0000001", "supervisor", D(2026, 1, 1), D(2026, 8, 31)),
        ("0000001", "supervisor", D(2026, 10, 1), None),
    }


def test_period_that_splits_in_the_file_is_split():
    imported(text(row()), OCTOBER)
    imported(text(row(Päättyy="31.3.2026"), row(Alkaa="1.5.2026")), NOVEMBER)
    assert assignments() == {
        ("0000001", "supervisor", D(2026, 1, 1), D(2026, 3, 31)),
        ("0000001", "supervisor", D(2026, 5, 1), None),
    }


def test_periods_that_become_one_in_the_file_are_one():
    imported(text(row(Päättyy="31.3.2026"), row(Alkaa="1.5.2026")), OCTOBER)
    imported(text(row()), NOVEMBER)
    assert assignments() == {("0000001", "supervisor", D(2026, 1, 1), None)}


def test_same_row_twice_and_two_people_in_one_role_at_one_site_are_allowed():
    done = imported(text(row(), row(), row(person="0000003")), OCTOBER)
    assert done.figures["assignments_started"] == 2
    assert len(assignments()) == 2


def test_two_roles_of_one_person_at_one_site_are_two_assignments():
    imported(text(row(), row(Rooli="ohjaaja")), OCTOBER)
    assert {role for _, role, _, _ in assignments()} == {"supervisor", "instructor"}


def test_site_the_file_no_longer_names_closes_the_day_before():
    imported(text(row(), row("00002")), OCTOBER)
    done = imported(text(row()), NOVEMBER)
    assert placements("00002") == {("030001", D(2026, 1, 1), DAY_BEFORE)}
    assert [line.site_number for line in lines(done, "sites_closed")] == ["00002"]


def test_site_that_comes_back_is_open_again_and_its_responsible_sees_the_account():
    imported(text(row(), row("00002", "0000003")), OCTOBER)
    imported(text(row()), NOVEMBER)
    imported(text(row(), row("00002", "0000003", Alkaa="1.12.2026")), D(2026, 12, 1))
    assert placements("00002") == {
        ("030001", D(2026, 1, 1), DAY_BEFORE),
        ("030001", D(2026, 12, 1), None),
    }
    assert ("0000003", "responsible") not in who_sees(D(2026, 11, 20))
    assert ("0000003", "responsible") in who_sees(D(2026, 12, 1))


def test_site_that_moves_to_another_account_takes_its_people_with_it_that_day():
    account("030002", "Koulut Oy")
    imported(text(row(), row("00002")), OCTOBER)
    done = imported(text(row(Asiakasnro="030002"), row("00002", "0000003")), NOVEMBER)
    assert placements() == {("030001", D(2026, 1, 1), DAY_BEFORE), ("030002", NOVEMBER, None)}
    assert [line.site_number for line in lines(done, "sites_moved")] == ["00001"]
    assert who_sees(NOVEMBER) == {("0000003", "responsible")}
    assert who_sees(NOVEMBER, "030002") == {("0000001", "responsible")}
    assert who_sees(DAY_BEFORE, "030002") == set()


def test_site_opens_with_the_earliest_start_also_when_it_lies_ahead():
    imported(text(row(Alkaa="1.12.2026"), row(person="0000003", Alkaa="1.1.2027")), OCTOBER)
    assert placements() == {("030001", D(2026, 12, 1), None)}


def test_superior_comes_from_whichever_file_was_read_last():
    imported(text(row(), row("00002", "0000002"), row("00003", "0000003")), OCTOBER)
    imported(text(row(Esihenkilönro="2"), row("00002", "0000002"), row("00003", "0000003")), NOVEMBER)
    assert person("0000001").superior == person("0000002")
    assert ("0000002", "superior") in who_sees(NOVEMBER)
    imported(text(row(Esihenkilönro="3"), row("00002", "0000002"), row("00003", "0000003")), D(2026, 12, 1))
    assert ("0000002", "superior") not in who_sees(D(2026, 12, 1))
    assert ("0000003", "superior") in who_sees(D(2026, 12, 1))


def test_superiors_in_a_circle_are_named_in_the_forecast():
    done = imported(
        text(row(Esihenkilönro="2"), row("00002", "0000002", Esihenkilönro="1")),
        OCTOBER,
    )
    assert {line.employee_number for line in lines(done, "circles")} == {"0000001", "0000002"}


def test_name_written_the_other_way_round_is_the_same_name():
    imported(text(row()), OCTOBER)
    bob = person("0000001")
    bob.last_name, bob.first_name = "Bob", "Supervisor"
    bob.save()
    done = imported(text(row(Puhelin="+358 40 2")), NOVEMBER)
    bob.refresh_from_db()
    assert (bob.last_name, bob.first_name, bob.phone) == ("Bob", "Supervisor", "+358 40 2")
    assert len(lines(done, "people_changed")) == 1


def test_scope_of_named_customers_touches_nothing_else():
    account("030002", "Koulut Oy")
    imported(text(row(), row("00002", "0000003", Asiakasnro="030002")), OCTOBER)
    done = imported(
        text(row("00003", "0000003", Asiakasnro="030002")), NOVEMBER, source_name="Koulujen vienti", scope="customers"
    )
    assert done.state == "applied"
    assert placements("00001") == {("030001", D(2026, 1, 1), None)}
    assert assignments("00001") == {("0000001", "supervisor", D(2026, 1, 1), None)}
    assert placements("00002") == {("030002", D(2026, 1, 1), DAY_BEFORE)}


def test_row_with_an_error_freezes_its_site_and_nothing_else():
    imported(text(row(), row(person="0000003"), row("00002")), OCTOBER)
    done = imported(text(row(Alkaa="31.2.2026"), row("00003")), NOVEMBER)
    assert [line.site_number for line in lines(done, "frozen_sites")] == ["00001"]
    assert assignments() == {
        ("0000001", "supervisor", D(2026, 1, 1), None),
        ("0000003", "supervisor", D(2026, 1, 1), None),
    }
    assert placements() == {("030001", D(2026, 1, 1), None)}
    assert placements("00002") == {("030001", D(2026, 1, 1), DAY_BEFORE)}


def test_site_named_under_two_customers_is_frozen():
    account("030002", "Koulut Oy")
    imported(text(row()), OCTOBER)
    done = imported(text(row(), row(person="0000003", Asiakasnro="030002"), row("00002")), NOVEMBER)
    assert [line.data["code"] for line in lines(done, "frozen_sites")] == ["site_two_customers"]
    assert placements() == {("030001", D(2026, 1, 1), None)}


def test_unknown_customer_is_reported_and_created_only_when_chosen():
    content = text(row(), row("00002", Asiakasnro="039999", Asiakas="Uusi Oy"))
    done = imported(content, OCTOBER)
    (unknown,) = lines(done, "unknown_customers")
    assert unknown.data["customer_number"] == "039999"
    assert not Site.objects.filter(number="00002").exists()
    chosen = imported(content, NOVEMBER, create=["039999"])
    assert placements("00002") == {("039999", D(2026, 1, 1), None)}
    assert [line.account_name for line in lines(chosen, "accounts_new")] == ["Uusi Oy"]


def test_site_left_without_anybody_is_named():
    imported(text(row(), row("00002", "0000003")), OCTOBER)
    done = imported(text(row(), row("00002", "0000003", Päättyy="31.10.2026")), NOVEMBER)
    assert [line.site_number for line in lines(done, "left_without")] == ["00002"]
    assert Placement.objects.filter(site__number="00002", period__endswith=None).exists()
