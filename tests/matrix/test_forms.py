"""Every write a browser can send asks for the form's token, and without it changes nothing (R6.08)."""

import pytest
from django.db import transaction

from opora.tenancy.context import ProjectRef
from tests.clients import ProjectClient
from tests.matrix.places import prepare
from tests.matrix.routes import ROWS
from tests.matrix.test_routes import no_limits, state
from tests.people import Cast

__all__ = ["no_limits"]


@pytest.mark.req("R6.08", "R1.03")
def test_no_write_passes_without_the_token_of_a_form(
    project: ProjectRef, cast: Cast, no_limits: None
) -> None:
    places = prepare(cast, cast.director)
    strict = ProjectClient(project, enforce_csrf_checks=True).sign_in(cast.director)
    rows = [row for row in ROWS if row.method != "GET" and row.audience != "leads"]
    answered = {}
    with transaction.atomic():
        before = state()
        for row in rows:
            more = {"content_type": "application/json"} if row.is_api and not row.has_file else {}
            send = getattr(strict, row.method.lower())
            answered[f"{row.method} {row.route}"] = send(
                places.address(row), places.body(row), **more
            ).status_code
        assert {name: status for name, status in answered.items() if status != 403} == {}
        assert state() == before
