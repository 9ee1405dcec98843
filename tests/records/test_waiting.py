"""A row that another transaction holds is waited for, but not for ever; nothing typed is lost (R12.06)."""

import threading

import pytest
from django.db import connections, transaction

from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.operations import Act
from opora.tenancy import postgres
from opora.tenancy.context import ProjectRef
from opora.tenancy.context import project as entered
from tests.addresses import database_address
from tests.clients import ProjectClient
from tests.people import Cast, access

CONTACT = kinds["contact"]


@pytest.mark.req("R12.06", "R1.01")
@pytest.mark.skipif(database_address() == "sqlite", reason="SQLite's own busy timeout is tested by tenancy")
def test_a_page_that_waits_too_long_for_a_lock_is_told_to_repeat(
    cast: Cast, client: ProjectClient, project: ProjectRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "LOCK_WAIT", "200ms")
    made = perform("create", CONTACT, Act(access(cast.manager)), values={"first_name": "Артём"}).record
    client.sign_in(cast.manager)
    held, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        with entered(project), transaction.atomic():
            list(CONTACT.model._default_manager.filter(pk=made.id).select_for_update())
            held.set()
            let_go.wait(20)
        connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(20)
    try:
        answer = client.post(f"/contacts/{made.id}/fields/city/", {"value": "Казань", "_version": "1"})
    finally:
        let_go.set()
        holder.join()
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    made.refresh_from_db()
    assert made.city == ""
