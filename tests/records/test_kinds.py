"""Contacts, deals and tasks keep what every kind promises."""

from typing import Any

from opora.people.models import User
from opora.records.actions import perform
from tests.kits.actions import ActionKit
from tests.kits.visibility import WORD, VisibilityKit


class TestContactsAreSeen(VisibilityKit):
    kind_name = "contact"

    def make(self, owner: User, word: str = WORD) -> Any:
        made = perform(
            "create", self.kind, self.trusted(owner), values={"first_name": word, "responsible": owner.id}
        )
        return made.record


class TestDealsAreSeen(VisibilityKit):
    kind_name = "deal"

    def make(self, owner: User, word: str = WORD) -> Any:
        made = perform(
            "create", self.kind, self.trusted(owner), values={"title": word, "responsible": owner.id}
        )
        self.kind.model._default_manager.filter(pk=made.record.id).update(access="none")
        made.record.refresh_from_db()
        return made.record


class TestTasksAreSeen(VisibilityKit):
    kind_name = "task"

    def make(self, owner: User, word: str = WORD) -> Any:
        made = perform(
            "create", self.kind, self.trusted(owner), values={"title": word, "responsible": owner.id}
        )
        return made.record


class TestContactActions(ActionKit):
    kind_name = "contact"
    values = {"first_name": "Артём"}
    change = {"city": "Казань"}
    other_change = {"source": "Сайт"}


class TestDealActions(ActionKit):
    kind_name = "deal"
    values = {"title": "Печь", "amount": "100"}
    change = {"amount": "200,50"}
    other_change = {"description": "срочно"}


class TestTaskActions(ActionKit):
    kind_name = "task"
    values = {"title": "Позвонить"}
    change = {"title": "Написать"}
    other_change = {"category": "Звонок"}
