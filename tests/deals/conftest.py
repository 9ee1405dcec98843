"""A pipeline of deals, and deals made by people of the cast."""

from collections.abc import Callable
from typing import Any

import pytest

from opora.records import definitions
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.models import Process, Stage
from opora.records.operations import Act
from tests.people import access

STAGES = {
    "Новая": ("new", 10), "Разговор": ("work", 25), "Договор": ("work", 75),
    "Оплачено": ("won", 100), "Отказ": ("lost", 0),
}  # fmt: skip


@pytest.fixture
def stages(project: object) -> dict[str, Stage]:
    """The stages of the first process of deals, by name."""
    process = Process.objects.create(kind="deal", name="Продажа")
    found = {
        name: Stage.objects.create(
            process=process, name=name, group=group, probability=chance, position=i, color="sky"
        )
        for i, (name, (group, chance)) in enumerate(STAGES.items())
    }
    definitions.changed()
    return found


@pytest.fixture
def deal(stages: dict[str, Stage]) -> Callable[..., Any]:
    """Makes a deal of a person: `deal(user, "Печь", "Разговор", amount="100")`."""

    def make(user: Any, title: str = "Печь", stage: str = "Новая", **values: Any) -> Any:
        given = {"title": title, "stage": str(stages[stage].id), **values}
        return perform("create", kinds["deal"], Act(access(user)), values=given).record

    return make
