"""What becomes of a job: done, tried again, dead, cancelled, paused; each with its effects or without them."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from opora.jobs import board, claims, running, turns
from opora.jobs.models import Job, State
from opora.kit.dates import now
from opora.kit.errors import NotFound
from opora.tenancy.context import ProjectRef
from tests.jobs import work

pytestmark = pytest.mark.usefixtures("project")


def only() -> Job:
    return Job.objects.get()


def make_due() -> None:
    Job.objects.filter(state=State.READY).update(run_at=now())


def test_a_failure_undoes_its_effects_and_is_tried_again_later(project: ProjectRef) -> None:
    work.failing.enqueue("a")
    turns.drain(project.key)
    job = only()
    assert (job.state, job.attempts) == (State.READY, 1)
    assert 9 < (job.run_at - now()).total_seconds() <= 12.5
    assert job.error == "RuntimeError: the roof leaks"
    assert work.counted() == {}


def test_a_job_that_always_fails_is_dead_readable_and_can_be_retried(project: ProjectRef) -> None:
    work.failing.enqueue("a")
    for _attempt in range(3):
        turns.drain(project.key)
        make_due()
    assert (only().state, only().attempts) == (State.DEAD, 3)
    assert turns.drain(project.key) == 0
    assert board.progress(only().pk).error == "RuntimeError: the roof leaks"
    assert board.retry(only().pk)
    assert turns.drain(project.key) == 1


@pytest.mark.parametrize("hopeless", [work.hopeless, work.refused])
def test_what_no_retry_can_help_is_dead_at_once(project: ProjectRef, hopeless: Callable[[], None]) -> None:
    hopeless.enqueue()  # type: ignore[attr-defined]
    turns.drain(project.key)
    assert (only().state, only().attempts) == (State.DEAD, 1)


def test_a_busy_database_is_worth_another_try(project: ProjectRef) -> None:
    work.busy.enqueue()
    turns.drain(project.key)
    assert only().state == State.READY


def test_a_job_of_an_older_version_is_dead_not_lost(project: ProjectRef) -> None:
    work.effect.enqueue("a")
    Job.objects.update(task="tests.jobs.work.gone")
    turns.drain(project.key)
    assert only().state == State.DEAD
    assert "gone" in only().error


def test_retries_wait_longer_each_time_up_to_the_cap() -> None:
    delays = [claims.retry_delay(attempt, 5, 3600) for attempt in range(1, 20)]
    for attempt, delay in enumerate(delays):
        floor = min(5 * 2**attempt, 3600)
        assert floor <= delay <= floor * 1.25


@pytest.mark.req("R13.03")
def test_a_long_job_shows_progress_and_pauses_between_steps(project: ProjectRef) -> None:
    work.load.enqueue(5)
    steps = iter([False, False, True])
    job = claims.claim("w")
    assert job is not None
    running.run(job, lambda: next(steps))
    job = only()
    assert (job.state, job.attempts, job.done, job.total, job.message) == (State.READY, 0, 3, 5, "row 2")
    assert work.counted() == {"row:0": 1, "row:1": 1, "row:2": 1}
    assert turns.drain(project.key) == 1
    assert work.counted() == {f"row:{row}": 1 for row in range(5)}
    assert board.progress(job.pk).is_over
    assert only().result == 5


def test_a_running_job_stops_after_its_step_when_cancelled(project: ProjectRef) -> None:
    work.load.enqueue(5)
    job = claims.claim("w")
    assert job is not None
    assert board.cancel(job.pk)
    running.run(job)
    assert (only().state, only().done) == (State.CANCELLED, 1)
    assert not board.cancel(job.pk)


def test_a_waiting_job_is_cancelled_at_once(project: ProjectRef) -> None:
    work.effect.enqueue("a")
    assert board.cancel(only().pk)
    assert turns.drain(project.key) == 0


@pytest.mark.req("R13.01")
def test_a_worker_that_lost_its_lease_leaves_no_trace(project: ProjectRef) -> None:
    work.effect.enqueue("a")
    slow = claims.claim("slow")
    assert slow is not None
    Job.objects.update(locked_until=now() - timedelta(seconds=1))
    assert claims.expire() == 1
    quick = claims.claim("quick")
    assert quick is not None
    running.run(slow)
    assert work.counted() == {}
    assert only().state == State.RUNNING
    running.run(quick)
    assert work.counted() == {"a": 1}
    assert only().state == State.DONE


@pytest.mark.req("R14.03")
def test_a_lease_written_by_a_wrong_clock_is_not_forever(project: ProjectRef) -> None:
    work.effect.enqueue("a")
    claims.claim("w")
    Job.objects.update(locked_until=now() + timedelta(days=365))
    assert claims.expire() == 1


def test_a_job_that_keeps_killing_its_worker_dies(project: ProjectRef) -> None:
    work.effect.enqueue("a")
    Job.objects.update(max_attempts=2)
    for _attempt in range(2):
        assert claims.claim("w")
        Job.objects.update(locked_until=now() - timedelta(seconds=1))
        claims.expire()
        make_due()
    assert only().state == State.DEAD


def test_ended_jobs_are_kept_a_day_and_dead_ones_until_a_person_looks(project: ProjectRef) -> None:
    for name in ("old", "new", "dead"):
        work.effect.enqueue(name)
    turns.drain(project.key)
    long_ago = now() - timedelta(days=2)
    Job.objects.filter(args=["old"]).update(finished_at=long_ago)
    Job.objects.filter(args=["dead"]).update(finished_at=long_ago, state=State.DEAD)
    assert claims.forget_ended() == 1
    assert sorted(job.args[0] for job in Job.objects.all()) == ["dead", "new"]


def test_the_progress_of_an_unknown_job_is_not_found() -> None:
    with pytest.raises(NotFound):
        board.progress(1)
