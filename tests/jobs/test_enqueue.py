"""Asking for a job: a row in the transaction that causes it, and a bell after the commit."""

import contextvars
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import translation
from django_tasks import TaskResultStatus

from opora.jobs import board, doorbell, turns, wire
from opora.jobs.models import Bell, Job, State
from opora.jobs.origin import acting
from opora.kit.dates import now
from opora.kit.errors import NotFound
from opora.tenancy.context import OutsideProject, ProjectRef
from opora.tenancy.context import project as entered
from tests.jobs import work

pytestmark = pytest.mark.usefixtures("project")


class Undone(Exception):
    pass


@pytest.mark.req("R13.01")
def test_a_job_is_undone_with_the_transaction_that_asked_for_it(project: ProjectRef) -> None:
    with suppress(Undone), transaction.atomic():
        work.effect.enqueue("a")
        raise Undone
    wire.flush()
    assert not Job.objects.exists()
    assert not Bell.objects.filter(project=project.key).exists()


@pytest.mark.req("R13.01")
def test_a_committed_job_rings_the_bell_of_its_project(project: ProjectRef) -> None:
    with transaction.atomic():
        work.effect.enqueue("a")
        wire.flush()
        assert not Bell.objects.filter(project=project.key).exists()
    wire.flush()
    taken = doorbell.take()
    assert taken is not None
    assert taken.project == project.key


def test_a_job_runs_once_and_shows_its_result(project: ProjectRef) -> None:
    result = work.effect.enqueue("a")
    assert turns.drain(project.key) == 1
    assert turns.drain(project.key) == 0
    result.refresh()
    assert result.status == TaskResultStatus.SUCCESSFUL
    assert result.return_value == "a"
    assert work.counted() == {"a": 1}


def test_a_job_carries_who_asked_in_which_request_and_language(project: ProjectRef) -> None:
    with acting(77, "req-1"), translation.override("uz"):
        result = work.told.enqueue("a")
    turns.drain(project.key)
    result.refresh()
    assert result.return_value == ["a", 77, "req-1", "uz"]


def test_a_job_for_later_waits(project: ProjectRef) -> None:
    work.effect.using(run_after=now() + timedelta(hours=1)).enqueue("later")
    assert turns.drain(project.key) == 0
    Job.objects.update(run_at=now())
    assert turns.drain(project.key) == 1


def test_a_key_waits_once_and_is_brought_forward(project: ProjectRef) -> None:
    late = work.effect.using(key="k", run_after=now() + timedelta(hours=1)).enqueue("a")
    soon = work.effect.using(key="k").enqueue("a")
    assert soon.id == late.id
    assert Job.objects.count() == 1
    assert turns.drain(project.key) == 1
    again = work.effect.using(key="k").enqueue("a")
    assert again.id != late.id


def test_two_jobs_of_one_key_never_run_together(project: ProjectRef) -> None:
    work.effect.using(key="k").enqueue("a")
    Job.objects.update(state=State.RUNNING, locked_by="w", locked_until=now() + timedelta(seconds=30))
    work.effect.using(key="k").enqueue("a")
    assert turns.drain(project.key) == 0
    Job.objects.filter(state=State.RUNNING).update(state=State.DONE)
    assert turns.drain(project.key) == 1


def test_urgent_jobs_come_first(project: ProjectRef) -> None:
    work.effect.enqueue("ordinary")
    work.effect.using(priority=50).enqueue("urgent")
    turns.visit(project.key, "w", jobs=1)
    assert work.counted() == {"urgent": 1}


@pytest.mark.req("R3.02")
def test_jobs_of_another_project_are_out_of_reach(project: ProjectRef, other_project: ProjectRef) -> None:
    result = work.effect.enqueue("a")
    with entered(other_project):
        assert turns.drain(other_project.key) == 0
        assert work.counted() == {}
        with pytest.raises(Exception, match=result.id):
            work.effect.get_result(result.id)


@pytest.mark.req("R3.02")
def test_nothing_is_enqueued_outside_a_project(installation: object) -> None:
    def outside() -> None:
        with pytest.raises(OutsideProject):
            work.effect.enqueue("a")

    contextvars.Context().run(outside)


@pytest.mark.req("R12.03")
def test_a_form_sent_twice_finds_its_first_job_also_when_that_has_ended(project: ProjectRef) -> None:
    with acting(7):
        first = board.ask_once(work.effect, "form-1", "a")
        turns.drain(project.key)
        assert board.ask_once(work.effect, "form-1", "a").pk == first.pk
        assert board.ask_once(work.effect, "", "a").pk != board.ask_once(work.effect, "", "a").pk
        assert board.asked_for(first.pk, work.effect).pk == first.pk
        with pytest.raises(NotFound):
            board.asked_for(first.pk, work.told)
    with acting(8):
        with pytest.raises(NotFound):
            board.asked_for(first.pk, work.effect)
        assert board.ask_once(work.effect, "form-1", "a").pk != first.pk
