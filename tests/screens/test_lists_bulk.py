"""Actions on many records: at once, by a job, a result for each, undo of the whole (R2.10)."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from opora.jobs import claims, running
from opora.jobs.models import Job, State
from opora.people.models import Share
from opora.records import bulk, definitions
from opora.records import undo as undoing
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.models import OwnField, Process, Section, Stage
from opora.records.operations import Act
from opora.records.undo import undo
from tests.clients import ProjectClient
from tests.people import Cast, access

pytestmark = pytest.mark.req("R2.10", "U12")
HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "job"}


def contact(user: Any, **values: str) -> Any:
    return perform("create", kinds["contact"], Act(access(user)), values=values).record


def responsible(records: list[Any]) -> set[int]:
    found = kinds["contact"].model.objects.filter(pk__in=[r.id for r in records])
    return set(found.values_list("responsible_id", flat=True))


def work_off() -> None:
    while (job := claims.claim("test")) is not None:
        running.run(job)


def test_a_few_are_handed_over_at_once_and_one_undo_takes_all_back(cast: Cast, client: ProjectClient) -> None:
    made = [contact(cast.director, first_name=f"К{n}") for n in range(3)]
    client.sign_in(cast.director)
    form = {"verb": "hand_over", "to": cast.manager.id, "ids": [r.id for r in made], "_key": "k1"}
    answer = client.post("/contacts/bulk/", form, **HTMX)
    assert answer.status_code == 200
    assert responsible(made) == {cast.manager.id}
    address = re.search(r"/undo/(\d+)/", answer["HX-Trigger"])
    assert address
    undo(Act(access(cast.director)), address[1])
    assert responsible(made) == {cast.director.id}


def test_the_unseen_are_only_counted_and_the_forbidden_are_named(cast: Cast, client: ProjectClient) -> None:
    mine = contact(cast.manager, first_name="Мой")
    hidden = contact(cast.stranger, first_name="Чужой секрет")
    shared = contact(cast.stranger, first_name="Показанный")
    Share.objects.create(kind="contact", record_id=shared.id, principal=cast.manager.id, level="read")
    form = {"verb": "hand_over", "to": cast.colleague.id, "ids": [mine.id, hidden.id, shared.id]}
    page = client.sign_in(cast.manager).post("/contacts/bulk/", form, **HTMX).content.decode()
    assert "Показанный" in page
    assert "Чужой секрет" not in page
    assert responsible([mine]) == {cast.colleague.id}
    assert responsible([hidden, shared]) == {cast.stranger.id}


def test_one_record_that_a_rule_refuses_stops_nobody(cast: Cast, client: ProjectClient) -> None:
    process = Process.objects.create(kind="contact", name="Продажи")
    first, second = (
        Stage.objects.create(process=process, name=name, group=group, position=i)
        for i, (name, group) in enumerate([("Новая", "new"), ("Договор", "work")])
    )
    section = Section.objects.create(kind="contact", name="Анкета")
    tax = OwnField.objects.create(
        kind="contact", section=section, type="text", label="ИНН", required_from=second
    )
    definitions.changed()
    full = contact(cast.manager, first_name="Полный", **{tax.name: "7700"})
    empty = contact(cast.manager, first_name="Пустой")
    client.sign_in(cast.manager)
    form = {"verb": "move", "stage": second.id, "ids": [full.id, empty.id]}
    page = client.post("/contacts/bulk/", form, **HTMX).content.decode()
    full.refresh_from_db()
    empty.refresh_from_db()
    assert (full.stage_id, empty.stage_id) == (second.id, first.id)
    assert "Пустой" in page


def test_the_same_form_sent_twice_acts_once(cast: Cast, client: ProjectClient) -> None:
    made = contact(cast.director, first_name="К")
    client.sign_in(cast.director)
    form = {"verb": "hand_over", "to": cast.manager.id, "ids": [made.id], "_key": "twice"}
    for _n in range(2):
        assert client.post("/contacts/bulk/", form, **HTMX).status_code == 200
    made.refresh_from_db()
    assert made.version == 2


def test_many_go_through_a_job_with_progress_and_are_undone_as_a_whole(
    cast: Cast, client: ProjectClient
) -> None:
    made = [contact(cast.director, first_name=f"К{n}") for n in range(120)]
    client.sign_in(cast.director)
    form = {"verb": "trash", "all": "1", "query": "?f=responsible.is:me", "_key": "many"}
    page = client.post("/contacts/bulk/", form, **HTMX).content.decode()
    job = Job.objects.get()
    assert f"/contacts/bulk/{job.pk}/" in page
    assert client.post("/contacts/bulk/", form, **HTMX).status_code == 200
    assert Job.objects.count() == 1
    work_off()
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == (State.DONE, 120, 120)
    assert bulk.Result.from_json(job.pointer["result"]).changed == 120
    assert not kinds["contact"].model.objects.filter(trashed_at=None).exists()
    assert "120" in client.get(f"/contacts/bulk/{job.pk}/", **HTMX).content.decode()
    client.post(f"/contacts/bulk/{job.pk}/undo/", **HTMX)
    work_off()
    assert kinds["contact"].model.objects.filter(trashed_at=None).count() == len(made)


def test_undoing_many_within_a_day_leaves_what_was_changed_since_and_says_so(
    cast: Cast, client: ProjectClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [contact(cast.director, first_name=f"К{n}") for n in range(60)]
    client.sign_in(cast.director)
    form = {"verb": "hand_over", "to": cast.manager.id, "all": "1", "query": "", "_key": "many"}
    client.post("/contacts/bulk/", form, **HTMX)
    job = Job.objects.get()
    work_off()
    perform("edit", kinds["contact"], Act(access(cast.director)), [made[7].id], values={"city": "Уфа"})
    at = f"/contacts/bulk/{job.pk}/undo/"
    monkeypatch.setattr(undoing, "now", lambda: timezone.now() + timedelta(hours=23))
    back = re.search(r"/bulk/(\d+)/", client.post(at, **HTMX).content.decode())
    work_off()
    assert back
    assert "К7" in client.get(f"/contacts/bulk/{back[1]}/", **HTMX).content.decode()
    assert responsible(made[:7] + made[8:]) == {cast.director.id}
    assert responsible([made[7]]) == {cast.manager.id}


def test_a_day_after_many_are_no_longer_undone(
    cast: Cast, client: ProjectClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [contact(cast.director, first_name=f"К{n}") for n in range(60)]
    client.sign_in(cast.director).post("/contacts/bulk/", {"verb": "trash", "all": "1", "query": ""}, **HTMX)
    job = Job.objects.get()
    work_off()
    monkeypatch.setattr(undoing, "now", lambda: timezone.now() + timedelta(hours=25))
    client.post(f"/contacts/bulk/{job.pk}/undo/", **HTMX)
    work_off()
    assert kinds["contact"].model.objects.exclude(trashed_at=None).count() == len(made)


def test_a_job_of_somebody_else_is_not_there(cast: Cast, client: ProjectClient) -> None:
    for n in range(60):
        contact(cast.director, first_name=f"К{n}")
    client.sign_in(cast.director).post("/contacts/bulk/", {"verb": "trash", "all": "1", "query": ""}, **HTMX)
    job = Job.objects.get()
    client.sign_in(cast.manager)
    assert client.get(f"/contacts/bulk/{job.pk}/").status_code == 404
    assert client.post(f"/contacts/bulk/{job.pk}/undo/").status_code == 404


@pytest.mark.parametrize(
    "form",
    [{"verb": "erase"}, {"verb": "trash"}, {"verb": "hand_over", "to": "5"}, {"verb": "move", "stage": "5"}],
)
def test_what_makes_no_sense_is_refused_before_anything_is_done(
    cast: Cast, client: ProjectClient, form: dict[str, str]
) -> None:
    assert client.sign_in(cast.director).post("/contacts/bulk/", form, **HTMX).status_code == 422
