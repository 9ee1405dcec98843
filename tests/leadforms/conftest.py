"""A key that sends leads, and a client that uses it."""

from collections.abc import Callable
from typing import Any

import pytest

from opora.people.tokens import issue
from tests.clients import ProjectClient
from tests.people import Cast

Send = Callable[..., Any]


@pytest.fixture
def key(cast: Cast, no_counts: None) -> str:
    return issue(cast.head, ["leads"], name="Сайт")[1]


@pytest.fixture
def send(client: ProjectClient, key: str) -> Send:
    """Sends a lead: a dictionary as JSON, text as it is."""

    def post(
        body: Any,
        *,
        content_type: str = "application/json",
        key: str = key,
        path: str = "/api/v1/leads",
        **headers: str,
    ) -> Any:
        given = {
            "Authorization": f"Bearer {key}",
            **{name.replace("_", "-"): text for name, text in headers.items()},
        }
        if isinstance(body, bytes):
            return client.generic("POST", path, body, content_type=content_type, headers=given)
        return client.post(path, body, content_type=content_type, headers=given)

    return post
