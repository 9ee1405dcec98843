"""Bells, turns, sweeps and schedules: work is found, in fair portions, also when a ring was lost."""

from datetime import UTC, datetime, time, timedelta

import pytest

from opora.jobs import claims, doorbell, leases, schedules, turns, wire, worker
from opora.jobs.models import Bell, Job, Schedule, State
from opora.kit.dates import now
from opora.tenancy import directory
from opora.tenancy.context import ProjectRef
from opora.tenancy.context import project as entered
from opora.tenancy.models import Project
from tests.jobs import work

pytestmark = pytest.mark.usefixtures("project")
FRESH = timedelta(0)


def bell(key: str) -> Bell:
    return Bell.objects.get(project=key)


@pytest.mark.req("R17.03")
def test_a_turn_is_limited_in_jobs_and_time(project: ProjectRef) -> None:
    for number in range(5):
        work.effect.enqueue(str(number))
    due = turns.visit(project.key, "w", jobs=2)
    assert due is not None
    assert due <= now()
    assert len(work.counted()) == 2
    turns.visit(project.key, "w", seconds=0)
    assert len(work.counted()) == 2


@pytest.mark.req("R17.03")
def test_a_long_job_leaves_its_place_to_others_between_steps(project: ProjectRef) -> None:
    work.slow_load.enqueue(1000)
    work.effect.enqueue("short")
    turns.visit(project.key, "w", seconds=0.1)
    turns.visit(project.key, "w", seconds=0.1)
    assert work.counted()["short"] == 1
    assert Job.objects.get(state=State.READY).attempts == 0


def test_a_turn_tells_when_to_come_again(project: ProjectRef) -> None:
    assert turns.visit(project.key, "w") is None
    tomorrow = now() + timedelta(days=1)
    work.effect.using(run_after=tomorrow).enqueue("later")
    assert turns.visit(project.key, "w") == tomorrow


@pytest.mark.req("R13.07")
def test_a_project_in_maintenance_is_left_alone(project: ProjectRef) -> None:
    work.effect.enqueue("a")
    Project.objects.filter(key=project.key).update(status="maintenance")
    directory.forget()
    try:
        assert turns.visit(project.key, "w") is not None
        assert work.counted() == {}
    finally:
        Project.objects.filter(key=project.key).update(status="active")
        directory.forget()


def test_one_ring_is_answered_by_one_worker(project: ProjectRef) -> None:
    doorbell.ring(project.key, now())
    assert doorbell.take() is not None
    assert doorbell.take() is None


def test_a_ring_during_a_turn_is_not_swallowed(project: ProjectRef) -> None:
    doorbell.ring(project.key, now())
    taken = doorbell.take()
    assert taken is not None
    doorbell.ring(project.key, now())
    doorbell.put_down(taken, None)
    assert doorbell.take() is not None


def test_a_later_ring_does_not_delay_an_earlier_one(project: ProjectRef) -> None:
    soon = now()
    doorbell.ring(project.key, soon)
    doorbell.ring(project.key, soon + timedelta(hours=1))
    assert bell(project.key).due == soon


@pytest.mark.req("R13.01")
def test_a_sweep_finds_a_job_whose_bell_was_lost(project: ProjectRef, other_project: ProjectRef) -> None:
    work.effect.enqueue("a")
    wire.flush()
    Bell.objects.all().delete()
    assert worker.sweep_all([project.key, other_project.key], older_than=timedelta(minutes=5)) == 2
    assert bell(project.key).due is not None
    assert worker.sweep_all([project.key, other_project.key], older_than=timedelta(minutes=5)) == 0


@pytest.mark.req("R14.03")
def test_a_sweep_marked_by_a_wrong_clock_is_repeated(project: ProjectRef) -> None:
    Bell.objects.create(project=project.key, swept_at=now() + timedelta(days=365))
    assert worker.sweep_all([project.key], older_than=timedelta(minutes=5)) == 1


def test_a_sweep_passes_over_a_project_that_is_gone(project: ProjectRef) -> None:
    assert worker.sweep_all(["gone", project.key], older_than=timedelta(minutes=5)) == 1


def test_a_repeating_job_runs_once_for_all_the_times_it_was_missed(project: ProjectRef) -> None:
    Schedule.objects.create(
        name="hourly",
        task="tests.jobs.work.effect",
        kwargs={"name": "h"},
        every=3600,
        next_at=now() - timedelta(days=9),
    )
    turns.visit(project.key, "w")
    assert work.counted() == {"h": 1}
    assert turns.visit(project.key, "w") == Schedule.objects.get(name="hourly").next_at
    assert work.counted() == {"h": 1}


def test_every_project_gets_the_repeating_jobs_apps_declare(
    project: ProjectRef, other_project: ProjectRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedules.repeats, "_things", {})
    schedules.daily("tidy", work.hopeless, at=time(3, 0), zone="Asia/Tashkent")
    worker.sweep_all([project.key, other_project.key], older_than=FRESH)
    for ref in (project, other_project):
        with entered(ref):
            row = Schedule.objects.get(name="tidy")
            assert row.next_at.astimezone(UTC).time() == time(22, 0)
            assert bell(ref.key).due == row.next_at


@pytest.mark.req("R14.02")
@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("2026-03-28T12:00", "2026-03-29T01:30"),  # 02:30 does not exist that night: 03:30 instead
        ("2026-10-24T12:00", "2026-10-25T00:30"),  # 02:30 comes twice: the first counts
        ("2026-10-25T00:31", "2026-10-26T01:30"),  # and the second does not
    ],
)
def test_a_daily_time_keeps_its_meaning_when_the_clock_changes(after: str, expected: str) -> None:
    row = Schedule(daily=time(2, 30), zone="Europe/Berlin")
    found = schedules.following(row, datetime.fromisoformat(after).replace(tzinfo=UTC))
    assert found == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.req("R14.03")
def test_jobs_written_by_a_wrong_clock_come_back(project: ProjectRef) -> None:
    for name in ("new", "retried", "wanted later"):
        work.effect.enqueue(name)
    year, soon = timedelta(days=365), now() + timedelta(hours=2)
    Job.objects.filter(args=["new"]).update(created_at=now() + year, run_at=now() + year)
    Job.objects.filter(args=["retried"]).update(attempts=1, run_at=now() + year)
    Job.objects.filter(args=["wanted later"]).update(run_at=now() + year)
    worker.sweep_all([project.key], older_than=FRESH)
    turns.visit(project.key, "w")
    assert set(work.counted()) == {"new", "retried"}
    assert soon < Job.objects.get(state=State.READY).run_at


def test_the_lease_of_a_job_is_renewed_until_it_hangs(
    project: ProjectRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    work.effect.enqueue("a")
    job = claims.claim("w")
    assert job is not None
    keeper = leases.LeaseKeeper()
    keeper.hold(project.key, job)
    Job.objects.update(locked_until=now())
    keeper.renew()
    assert Job.objects.get().locked_until > now() + claims.LEASE / 2  # type: ignore[operator]
    monkeypatch.setattr(leases, "HUNG", 0.0)
    Job.objects.update(locked_until=now())
    keeper.renew()
    assert claims.expire() == 1


@pytest.mark.req("R14.03")
def test_a_schedule_thrown_into_the_future_by_a_wrong_clock_comes_back(project: ProjectRef) -> None:
    Schedule.objects.create(name="h", task="-", every=60, next_at=now() + timedelta(days=365))
    worker.sweep_all([project.key], older_than=FRESH)
    assert Schedule.objects.get(name="h").next_at < now() + timedelta(minutes=2)
