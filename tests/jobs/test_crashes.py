"""Processes that die: whatever the moment, what was committed is done, and done once (R13.01, R15.11, R15.12)."""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import pytest

from opora.jobs import turns
from opora.jobs.models import Bell, Job, State
from opora.tenancy.context import ProjectRef
from opora.tenancy.context import project as entered
from tests.jobs import work

ROOT = Path(__file__).parents[2]

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a process of `tests.jobs.processes`; all of them are gone after the test."""
    started: list[subprocess.Popen[str]] = []

    def run(*words: str, out: IO[str] | None = None) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.jobs.processes", *words]
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ, stdout=out, text=True)
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.wait()


def until(is_so: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def is_quiet() -> bool:
    """Whether nothing waits or runs in the current project."""
    return not Job.objects.filter(state__in=[State.READY, State.RUNNING]).exists()


def check_once(acknowledged: set[str]) -> None:
    """Every record has its effect, once; what was acknowledged is there."""
    counts = work.counted()
    made = {name.removeprefix("made:") for name in counts if name.startswith("made:")}
    done = {name.removeprefix("did:"): times for name, times in counts.items() if name.startswith("did:")}
    assert acknowledged <= made
    assert set(done) == made
    assert {name: times for name, times in done.items() if times != 1} == {}


@pytest.mark.req("R13.01", "R15.11")
@pytest.mark.parametrize(
    "point", ["between commit and bell", pytest.param("while ringing", marks=pytest.mark.long)]
)
def test_a_producer_that_dies_loses_no_job(project: ProjectRef, start: Start, point: str) -> None:
    # The wire's thread may write the first bell before the process ends; without a bell the sweep finds the job.
    start("produce", "--limit", "3", "--die", point).wait(30)
    assert Job.objects.filter(state=State.READY).exists()
    Bell.objects.all().delete()
    start("work")
    until(is_quiet)
    check_once(set())


@pytest.mark.req("R13.01", "R15.11")
@pytest.mark.parametrize(
    "point",
    [
        pytest.param("after the claim", marks=pytest.mark.long),
        "after the effects, before their commit",
        pytest.param("after the end of the job", marks=pytest.mark.long),
        pytest.param("before the bell is put down", marks=pytest.mark.long),
        pytest.param("in the sweep", marks=pytest.mark.long),
    ],
)
def test_a_worker_that_dies_leaves_its_job_to_another(project: ProjectRef, start: Start, point: str) -> None:
    start("produce", "--limit", "3").wait(30)
    assert start("work", "--die", point).wait(30) == 9
    start("work")
    until(is_quiet)
    check_once({"a:0", "a:1", "a:2"})


@pytest.mark.req("R15.12")
def test_two_workers_never_do_one_job_twice(project: ProjectRef, start: Start) -> None:
    for number in range(150):
        work.effect.enqueue(f"did:{number}")
        work.count(f"made:{number}")
    start("work")
    start("work")
    until(is_quiet, 60)
    check_once({str(number) for number in range(150)})


@pytest.mark.req("R13.09")
def test_a_worker_that_is_told_to_stop_finishes_its_step(project: ProjectRef, start: Start) -> None:
    work.slow_load.enqueue(400)
    worker = start("work")
    until(lambda: len(work.counted()) > 3)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(10) == 0
    job = Job.objects.get()
    assert (job.state, job.attempts) == (State.READY, 0)
    assert set(work.counted()) == {f"row:{row}" for row in range(job.pointer["row"])}
    assert set(work.counted().values()) == {1}


@pytest.mark.long
@pytest.mark.req("R13.03", "R15.11")
def test_a_long_job_goes_on_from_its_pointer_after_kill_9(project: ProjectRef, start: Start) -> None:
    work.slow_load.enqueue(120)
    for _death in range(2):
        worker = start("work")
        before = len(work.counted())
        until(lambda seen=before: len(work.counted()) > seen + 5)
        worker.kill()
        worker.wait()
    start("work")
    until(is_quiet)
    assert work.counted() == {f"row:{row}": 1 for row in range(120)}


def storm(start: Start, rounds: int) -> None:
    """Producers and workers, killed at random moments, round after round."""
    acknowledged: set[str] = set()
    chance = random.Random(7)
    for number in range(rounds):
        with tempfile.TemporaryFile("w+") as out:
            names = [f"{number}-{which}" for which in "ab"]
            processes = [start("produce", "--name", name, out=out) for name in names]
            processes += [start("work"), start("work")]
            until(lambda out=out: os.fstat(out.fileno()).st_size > 0)
            time.sleep(0.3 + chance.random())
            for process in chance.sample(processes, len(processes)):
                process.kill()
                process.wait()
                time.sleep(chance.random() / 20)
            out.seek(0)
            acknowledged |= {line.strip() for line in out.readlines() if line.endswith("\n")}
    start("work")
    until(is_quiet, 120)
    assert len(acknowledged) > rounds
    check_once(acknowledged)


@pytest.mark.long
@pytest.mark.req("R0.1", "R13.01", "R15.11")
def test_nothing_is_lost_and_nothing_done_twice_in_a_short_storm(project: ProjectRef, start: Start) -> None:
    storm(start, 2)


@pytest.mark.long
@pytest.mark.req("R0.1", "R13.01", "R15.11")
@pytest.mark.timeout(1200)
def test_nothing_is_lost_and_nothing_done_twice_in_a_long_storm(project: ProjectRef, start: Start) -> None:
    storm(start, 25)


@pytest.mark.long
@pytest.mark.req("R17.03")
def test_a_project_with_much_work_does_not_make_another_wait(
    project: ProjectRef, other_project: ProjectRef, start: Start
) -> None:
    for _number in range(5):
        work.slow_load.enqueue(2000)
    start("work", "--projects", f"{project.key},{other_project.key}")
    until(lambda: len(work.counted()) > 10)
    with entered(other_project):
        began = time.monotonic()
        work.effect.enqueue("mine")
        until(lambda: work.counted() == {"mine": 1}, 10)
        assert time.monotonic() - began < 2 * turns.TURN_SECONDS + 2
