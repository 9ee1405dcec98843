"""Making contacts as a person does, and the people who make them."""

from collections.abc import Callable
from typing import Any

import pytest

from opora.people.models import User
from opora.people.tokens import issue
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.operations import Act
from tests.api.conftest import Program
from tests.people import access

Make = Callable[..., Any]


def new(user: User, kind: str = "contact", **values: Any) -> Any:
    """A record made by this person; a contact is called Артём unless it is called otherwise."""
    if kind == "contact" and not {"company_name", "first_name", "type"} & set(values):
        values |= {"first_name": "Артём", "last_name": "Хлебников"}
    return perform("create", kinds[kind], Act(access(user)), values=values).record


def without(user: User, *switches: str) -> User:
    """The person after the role lost these switches."""
    role = user.role
    role.switches = [name for name in role.switches if name not in switches]
    role.save()
    return user


def text_of(answer: Any) -> str:
    """The words of an answer."""
    return str(answer.content.decode())


@pytest.fixture
def program(client: Any, cast: Any, no_counts: None) -> Make:
    """Makes a program of a person with a key of these scopes."""
    return lambda owner, *scopes: Program(client, issue(owner, scopes or ["write"])[1])
