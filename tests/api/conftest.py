"""A program with a key of its own."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from opora.people.models import User
from opora.people.tokens import issue
from tests.clients import ProjectClient
from tests.people import Cast


class Program:
    """Calls the API of `t1` with a key."""

    def __init__(self, client: ProjectClient, key: str) -> None:
        self.client, self.key = client, key

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """One call; `If_Match="2"` is a header."""
        given = {"Authorization": f"Bearer {self.key}"} | {n.replace("_", "-"): v for n, v in headers.items()}
        text = body if isinstance(body, str) else "" if body is None else json.dumps(body)
        return self.client.generic(
            method, f"/api/v1/{path}", text, content_type="application/json", headers=given
        )


@pytest.fixture
def program(client: ProjectClient, cast: Cast, no_counts: None) -> Callable[..., Program]:
    """Makes a program of a person with a key of these scopes."""

    def make(owner: User, *scopes: str) -> Program:
        return Program(client, issue(owner, scopes or ["write"])[1])

    return make
