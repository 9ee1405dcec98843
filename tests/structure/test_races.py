"""Two administrators at the same moment: real transactions on separate connections (R4.02, R12.04, R15.12)."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections, transaction

from opora.kit.errors import Refusal
from opora.people import accounts
from opora.people.accounts import Changes
from opora.people.models import AccountKind, Role, Status, User
from opora.records import dismissal
from opora.tenancy.context import ProjectRef
from opora.tenancy.context import project as entered
from tests.clients import ProjectClient
from tests.people import Cast, access

pytestmark = pytest.mark.req("R15.12", "R12.04")


def at_once(project: ProjectRef, *works: Callable[[], Any]) -> list[str]:
    """Do all of it at the same moment, each with a connection of its own; the codes of those that were refused."""
    gate, refused = threading.Barrier(len(works)), list[str]()

    def run(work: Callable[[], Any]) -> None:
        try:
            with entered(project):
                gate.wait(10)
                work()
        except Refusal as refusal:
            refused.append(str(refusal.code))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


@pytest.mark.req("R4.02", "I02")
def test_whatever_is_tried_at_once_leaves_exactly_one_director(project: ProjectRef, cast: Cast) -> None:
    by, director = access(cast.director), cast.director
    manager = Role.objects.get(key="manager")
    refused = at_once(
        project,
        lambda: accounts.place(by, director, kind="manager", role=manager, head=None, via="page"),
        lambda: accounts.set_status(by, User.objects.get(pk=director.pk), Status.OFF, via="page"),
        lambda: dismissal.dismiss(by, User.objects.get(pk=director.pk), via="page"),
        lambda: accounts.save(
            by, cast.head, Changes({}, kind="director", role=cast.director.role), via="page"
        ),
        lambda: accounts.save(
            by, cast.stranger, Changes({}, kind="director", role=cast.director.role), via="page"
        ),
    )
    assert refused == ["last_director"] * 5
    found = User.objects.filter(kind=AccountKind.DIRECTOR)
    assert [(one.pk, one.status) for one in found] == [(director.pk, Status.ACTIVE)]


@pytest.mark.req("I01", "R6.02")
def test_whoever_is_dismissed_is_not_brought_back_by_an_edit_of_the_same_moment(
    project: ProjectRef, cast: Cast
) -> None:
    by, opened = access(cast.director), User.objects.get(pk=cast.manager.pk)
    for turn in range(5):
        User.objects.filter(pk=cast.manager.pk).update(status=Status.ACTIVE)
        opened.refresh_from_db()
        name = {"first_name": f"Жанна {turn}"}
        refused = at_once(
            project,
            lambda: accounts.set_status(
                by, User.objects.get(pk=cast.manager.pk), Status.DISMISSED, via="page"
            ),
            lambda name=name: accounts.edit(by, opened, name, via="page"),
        )
        stored = User.objects.get(pk=cast.manager.pk)
        assert (refused, stored.status, stored.first_name) == ([], Status.DISMISSED, name["first_name"])


@pytest.mark.req("R12.01")
def test_a_page_opened_before_anothers_change_puts_back_neither_status_nor_role(
    client: ProjectClient, project: ProjectRef, cast: Cast
) -> None:
    at = f"/settings/users/{cast.manager.pk}/"
    page = client.sign_in(cast.director).get(at).content.decode()
    sent = {"first_name": "Жаннета", "login": "manager", "email": "", "head": str(cast.head.pk)}
    for name in ("kind", "role", "status"):
        value = page.split(f'name="_was_{name}" value="', 1)[1].split('"', 1)[0]
        sent |= {name: value, f"_was_{name}": value}
    with transaction.atomic():
        weaker = Role.objects.create(name="Ученик")
        User.objects.filter(pk=cast.manager.pk).update(status=Status.OFF, role=weaker)
    assert client.post(at, sent).status_code == 302
    stored = User.objects.get(pk=cast.manager.pk)
    assert (stored.first_name, stored.status, stored.role) == ("Жаннета", Status.OFF, weaker)
    assert client.post(at, {**sent, "status": Status.BY_ADDRESS}).status_code == 302
    assert User.objects.get(pk=cast.manager.pk).status == Status.BY_ADDRESS
