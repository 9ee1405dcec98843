"""A process of contacts, and the questionnaire's editor as an administrator uses it."""

from collections.abc import Callable
from typing import Any

import pytest

from opora.records import definitions
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.models import OwnField, Process, Stage
from opora.records.operations import Act
from tests.clients import ProjectClient
from tests.people import Cast, access

Stages = dict[str, Stage]
Editor = Callable[..., OwnField]


@pytest.fixture
def stages(project: object) -> Stages:
    """A process of contacts: new, in talk, contract, won, lost."""
    process = Process.objects.create(kind="contact", name="Клиенты")
    groups = {"Новый": "new", "Разговор": "work", "Договор": "work", "Клиент": "won", "Отказ": "lost"}
    found = {
        name: Stage.objects.create(process=process, name=name, group=group, position=at)
        for at, (name, group) in enumerate(groups.items())
    }
    definitions.changed()
    return found


@pytest.fixture
def add(client: ProjectClient, cast: Cast) -> Editor:
    """Adds an own field of contacts through the editor; whoever is signed in stays so afterwards: the director."""

    def made(label: str, type_name: str = "text", **sent: Any) -> OwnField:
        client.sign_in(cast.director)
        form = {"label": label, "type": type_name, "is_filterable": "1", **sent}
        answer = client.post("/settings/fields/new/?kind=contact", form)
        assert answer.status_code == 302, answer.content.decode()
        return OwnField.objects.get(label=label, deleted_at=None)

    return made


def new(user: Any, **values: Any) -> Any:
    """A contact of a person."""
    return perform(
        "create", kinds["contact"], Act(access(user)), values={"first_name": "Артём", **values}
    ).record


def edit(user: Any, record: Any, **values: Any) -> Any:
    """The contact after a change by a person."""
    return perform("edit", kinds["contact"], Act(access(user)), [record.id], values=values)


def move(user: Any, record: Any, stage: Stage, **values: Any) -> Any:
    """The outcome of a move of a contact."""
    return perform(
        "move", kinds["contact"], Act(access(user)), [record.id], stage=str(stage.id), values=values
    )
