"""The mechanism of background work, on the rows alone: no worker, no broker. Real processes: test_jobs_killed.py."""

import datetime as dt
import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import jobs
from accounts.jobs import LeaseLost, Run, enqueue, handler, retry_job, run_due, run_job, sweep
from accounts.models import Job, Person
from tests.accounts import job_handlers  # noqa: F401  registers the handlers
from tests.cast import Cast, make_person
from tests.sign_in import sign_in

State = Job.State


@pytest.fixture
def person(db: None) -> Person:
    return make_person(phone="0")


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What the broker was given."""
    handed: list[int] = []

    def send(name: str, args: list[int], **options: Any) -> None:
        handed.append(args[0])

    monkeypatch.setattr(jobs.current_app, "send_task", send)
    return handed


def add(person: Person, folder: Path, **args: Any) -> Job:
    return enqueue("test_add", f"add:{person.pk}", {"person": person.pk, "started": str(folder / "started"), **args})


def test_job_is_done_and_says_how_far_it_came(person: Person, tmp_path: Path) -> None:
    job = add(person, tmp_path)
    assert run_job(job.pk)
    job.refresh_from_db()
    person.refresh_from_db()
    assert (job.state, job.stage, job.done, job.total, job.attempts) == (State.DONE, "reading", 19, 20, 1)
    assert job.finished_at
    assert job.error == ""
    assert person.phone == "0+1"


def test_done_job_is_not_done_again(person: Person, tmp_path: Path) -> None:
    job = add(person, tmp_path)
    assert [run_job(job.pk), run_job(job.pk)] == [True, False]
    assert (tmp_path / "started").read_text() == "1\n"


def test_job_that_is_gone_is_no_error(db: None) -> None:
    assert not run_job(4711)


def test_same_key_gives_the_open_job_and_another_name_its_own(person: Person, tmp_path: Path) -> None:
    first, second = add(person, tmp_path), add(person, tmp_path)
    assert first == second
    assert enqueue("test_fail", first.key, {"person": person.pk}) != first
    run_job(first.pk)
    assert add(person, tmp_path) != first


def test_asked_again_while_it_runs_runs_once_more(person: Person, sent: list[int]) -> None:
    runs = []

    @handler("test_again")
    def again(run: Run) -> None:
        runs.append(run.args["round"])
        if len(runs) == 1:
            assert enqueue("test_again", "again", {"round": 2}).pk == run.job_id

    job = enqueue("test_again", "again", {"round": 1})
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == State.WAITING
    assert sent == [job.pk]
    run_job(job.pk)
    job.refresh_from_db()
    assert (runs, job.state) == ([1, 2], State.DONE)


def test_unknown_name_is_refused_when_it_is_asked_for(db: None) -> None:
    with pytest.raises(jobs.Permanent, match="walk_the_dog"):
        enqueue("walk_the_dog", "rex")


def test_job_waits_for_its_time(person: Person, tmp_path: Path, sent: list[int]) -> None:
    job = enqueue("test_fail", "later", {}, run_after=timezone.now() + dt.timedelta(hours=1))
    assert not run_job(job.pk)
    assert sweep(everything=True) == 0
    assert sent == []


def test_failure_rests_longer_each_time_and_then_fails_with_its_reason(person: Person) -> None:
    job = enqueue("test_fail", "fail", {"person": person.pk})
    rests = []
    for attempt in (1, 2, 3):
        assert run_job(job.pk)
        job.refresh_from_db()
        assert job.attempts == attempt
        rests.append(round((job.run_after - timezone.now()).total_seconds()))
        Job.objects.update(run_after=timezone.now() - dt.timedelta(seconds=1))
    assert rests[:2] == [5, 20]
    assert job.state == State.FAILED
    assert job.reason == "ValueError: no luck"
    assert "job_handlers.py" in job.error
    person.refresh_from_db()
    assert person.title == ""  # what it had written inside the transaction is gone


def test_permanent_failure_is_not_tried_again(db: None) -> None:
    job = enqueue("test_refuse", "refuse")
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == (State.FAILED, 1)
    assert "never be readable" in job.reason


def test_failed_job_is_started_again_by_hand(cast: Cast, sent: list[int]) -> None:
    job = enqueue("test_refuse", "refuse")
    run_job(job.pk)
    again = retry_job(job, cast.dana)
    assert (again.pk, again.state, again.attempts) == (job.pk, State.WAITING, 0)
    assert retry_job(again, cast.dana).state == State.WAITING


def test_failed_job_that_is_open_under_another_number_is_not_doubled(cast: Cast) -> None:
    failed = enqueue("test_refuse", "refuse")
    run_job(failed.pk)
    newer = enqueue("test_refuse", "refuse")
    assert retry_job(failed, cast.dana) == newer
    failed.refresh_from_db()
    assert failed.state == State.FAILED


# --- leases ---------------------------------------------------------------------------------------------------------
def hold(job: Job, *, seconds_left: int, attempts: int = 1) -> None:
    """Let somebody else have the job."""
    until = timezone.now() + dt.timedelta(seconds=seconds_left)
    Job.objects.filter(pk=job.pk).update(
        state=State.RUNNING, worker="other", attempts=attempts, lease_until=until, handed_out_at=None
    )


def test_job_of_a_living_worker_is_left_alone(person: Person, tmp_path: Path, sent: list[int]) -> None:
    job = add(person, tmp_path)
    hold(job, seconds_left=10)
    assert not run_job(job.pk)
    assert sweep(everything=True) == 0


def test_job_of_a_dead_worker_is_handed_out_and_done(person: Person, tmp_path: Path, sent: list[int]) -> None:
    job = add(person, tmp_path)
    hold(job, seconds_left=-1)
    assert sweep() == 1
    assert sent == [job.pk]
    assert run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == (State.DONE, 2)


def test_job_that_kills_every_worker_fails_in_the_end(person: Person, tmp_path: Path) -> None:
    job = add(person, tmp_path)
    hold(job, seconds_left=-1, attempts=5)
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == State.FAILED
    assert "stopped in the middle" in job.error
    assert not (tmp_path / "started").exists()


def test_worker_that_lost_its_job_stops_and_writes_nothing(person: Person, tmp_path: Path) -> None:
    after = []

    @handler("test_lose")
    def lose(run: Run) -> None:
        Job.objects.filter(pk=run.job_id).update(worker="other")
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            run.progress("reading", 1, 2)
            time.sleep(0.05)
        after.append("never reached")

    job = enqueue("test_lose", "lose")
    run_job(job.pk)
    assert after == []
    # Inside a test's transaction the loser's rollback brings its own write back; what counts: it did not close the job.
    job.refresh_from_db()
    assert job.state == State.RUNNING


def in_a_thread(job: Job) -> threading.Thread:
    """Do the job beside the test, on a connection of its own."""

    def work() -> None:
        run_job(job.pk)
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
def test_lease_is_extended_while_one_long_statement_runs() -> None:
    person = make_person()
    job = enqueue("test_sql", "sql", {"person": person.pk, "seconds": 2.5})
    thread = in_a_thread(job)
    taken = []
    while thread.is_alive():
        time.sleep(0.1)
        taken.append(Job.objects.filter(pk=job.pk, state=State.RUNNING).exists() and run_job(job.pk))
    thread.join()
    job.refresh_from_db()
    assert not any(taken)
    assert (job.state, job.attempts) == (State.DONE, 1)


@pytest.mark.django_db(transaction=True)
def test_progress_shows_to_others_while_the_work_is_in_a_transaction() -> None:
    seen = threading.Event()

    @handler("test_show")
    def show(run: Run) -> None:
        with transaction.atomic():
            run.progress("reading", 3, 7)
            assert seen.wait(5)

    job = enqueue("test_show", "show")
    thread = in_a_thread(job)
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and not Job.objects.filter(done=3, total=7, state=State.RUNNING).exists():
        time.sleep(0.05)
    seen.set()
    thread.join()
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == (State.DONE, 3, 7)


@pytest.mark.django_db(transaction=True)
def test_lost_lease_shows_at_the_next_progress() -> None:
    raised = []

    @handler("test_stop")
    def stop(run: Run) -> None:
        Job.objects.filter(pk=run.job_id).update(worker="other")
        try:
            for step in range(100):
                run.progress("reading", step, 100)
                time.sleep(0.05)
        except LeaseLost:
            raised.append(True)
            raise

    job = enqueue("test_stop", "stop")
    run_job(job.pk)
    job.refresh_from_db()
    assert raised == [True]
    assert (job.state, job.worker) == (State.RUNNING, "other")


# --- at once --------------------------------------------------------------------------------------------------------
def at_once(count: int, work: Any) -> list[Any]:
    """Call `work` in that many threads at the same moment and return what they gave."""
    results: list[Any] = []
    gate = threading.Barrier(count)

    def run() -> None:
        gate.wait()
        try:
            results.append(work())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_two_that_ask_at_once_get_one_job() -> None:
    found = at_once(8, lambda: enqueue("test_refuse", "same").pk)
    assert len(found) == 8
    assert len(set(found)) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_do_it_once(tmp_path: Path) -> None:
    person = make_person(phone="0")
    job = add(person, tmp_path, seconds=0.5)
    assert sorted(at_once(4, lambda: run_job(job.pk))) == [False, False, False, True]
    assert (tmp_path / "started").read_text() == "1\n"


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_hand_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    handed: list[int] = []
    monkeypatch.setattr(jobs.current_app, "send_task", lambda name, args, **options: handed.append(args[0]))
    found = [enqueue("test_refuse", str(number)).pk for number in range(30)]
    Job.objects.update(handed_out_at=None)
    handed.clear()
    at_once(4, sweep)
    assert sorted(handed) == sorted(found)


# --- the broker -----------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_job_is_handed_out_after_the_commit_only(sent: list[int]) -> None:
    with transaction.atomic():
        job = enqueue("test_refuse", "refuse")
        assert sent == []
    assert sent == [job.pk]
    with transaction.atomic():
        enqueue("test_refuse", "undone")
        transaction.set_rollback(True)
    assert sent == [job.pk]
    assert Job.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_broker_that_is_down_fails_nobody_and_the_sweep_repairs(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **options: Any) -> None:
        raise ConnectionError("no broker")

    with monkeypatch.context() as patch:
        patch.setattr(jobs.current_app, "send_task", refuse)
        job = enqueue("test_refuse", "refuse")
        assert sweep(everything=True) == 0
    handed: list[int] = []
    monkeypatch.setattr(jobs.current_app, "send_task", lambda name, args, **options: handed.append(args[0]))
    assert sweep() == 0  # it was handed out a moment ago, as far as anybody knows
    Job.objects.update(handed_out_at=timezone.now() - dt.timedelta(seconds=21))
    assert sweep() == 1
    assert handed == [job.pk]


# --- the command ----------------------------------------------------------------------------------------------------
def test_run_due_does_all_and_leaves_what_rests(person: Person, tmp_path: Path) -> None:
    add(person, tmp_path)
    failing = enqueue("test_fail", "fail", {"person": person.pk})
    assert run_due() == 2
    failing.refresh_from_db()
    assert (failing.state, failing.attempts) == (State.WAITING, 1)


def test_command_lists_runs_and_starts_again(person: Person, tmp_path: Path, capsys: Any) -> None:
    add(person, tmp_path)
    failed = enqueue("test_refuse", "refuse")
    call_command("jobs", "--run")
    assert "2" in capsys.readouterr().out
    call_command("jobs", "--state", "failed", "--json")
    (listed,) = json.loads(capsys.readouterr().out)
    assert (listed["id"], listed["name"], listed["state"]) == (failed.pk, "test_refuse", "failed")
    assert "never be readable" in listed["error"]
    call_command("jobs", "--retry", str(failed.pk))
    failed.refresh_from_db()
    assert failed.state == State.WAITING
    capsys.readouterr()
    call_command("jobs")
    out = capsys.readouterr().out
    assert "test_refuse" in out
    assert "test_add" not in out  # done and over
    call_command("jobs", "--state", "done")
    assert "test_add" in capsys.readouterr().out


# --- pages ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def dana(cast: Cast, client: Client) -> Client:
    sign_in(client, cast.dana)
    return client


def test_page_shows_what_failed_and_why_and_starts_it_again(dana: Client, sent: list[int]) -> None:
    job = enqueue("test_refuse", "refuse")
    run_job(job.pk)
    page = dana.get(reverse("jobs"))
    assert page.status_code == 200
    assert b"this file will never be readable" in page.content
    assert dana.post(reverse("job_retry", args=[job.pk])).status_code == 302
    job.refresh_from_db()
    assert job.state == State.WAITING


def test_page_of_no_jobs_says_so(dana: Client) -> None:
    assert b'class="empty"' in dana.get(reverse("jobs"), {"state": "failed"}).content


def test_page_is_for_administrators(cast: Cast, client: Client) -> None:
    job = enqueue("test_refuse", "refuse")
    for url in (reverse("jobs"), reverse("job_progress", args=[job.pk])):
        assert client.get(url).status_code == 302
        sign_in(client, cast.alice)
        assert client.get(url).status_code == 404
        client.logout()


def test_progress_is_seen_by_whoever_asked_for_the_job(cast: Cast, client: Client) -> None:
    job = enqueue("test_refuse", "refuse", created_by=cast.alice)
    sign_in(client, cast.alice)
    hold(job, seconds_left=10)
    Job.objects.update(stage="reading", done=1204, total=5446)
    page = client.get(reverse("job_progress", args=[job.pk]), HTTP_HX_REQUEST="true")
    assert b'max="5446"' in page.content
    assert b'value="1204"' in page.content
    assert "HX-Refresh" not in page
    run_job(job.pk)
    Job.objects.update(state=State.DONE)
    page = client.get(reverse("job_progress", args=[job.pk]), HTTP_HX_REQUEST="true")
    assert page["HX-Refresh"] == "true"
