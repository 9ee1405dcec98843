"""Where a request comes from, counters that hold under many hands, and streams that end with the right (R6)."""

import threading
from pathlib import Path

import pytest
from django.db import connection, connections
from django.test import RequestFactory, override_settings
from django.test.utils import CaptureQueriesContext

from opora.jobs import live
from opora.kit.errors import Invalid
from opora.people import accounts
from opora.people.addresses import client_address, plain, span, within
from opora.people.counters import Counters, SqliteStore, counters
from opora.people.models import AddressRange, Role, Status, User
from opora.people.sessions import COOKIE
from opora.tenancy import hooks
from opora.tenancy.context import ProjectRef
from tests.clients import ProjectClient
from tests.people import Cast, access


def asked_from(socket: str, forwarded: str = "") -> str:
    more = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    return client_address(RequestFactory().get("/", REMOTE_ADDR=socket, **more))


@pytest.mark.req("R6.11")
def test_forwarding_headers_are_believed_only_from_configured_proxies() -> None:
    assert asked_from("203.0.113.9", "10.0.0.1") == "203.0.113.9"
    with override_settings(OPORA_PROXIES=["10.0.0.0/8"]):
        assert asked_from("10.0.0.1", "198.51.100.7, 203.0.113.9") == "203.0.113.9"
        assert asked_from("10.0.0.1", "198.51.100.7, 203.0.113.9, 10.0.0.2") == "203.0.113.9"
        assert asked_from("203.0.113.9", "198.51.100.7") == "203.0.113.9"
        assert asked_from("10.0.0.1", "nonsense") == ""
        assert asked_from("::ffff:10.0.0.1", "::ffff:203.0.113.9") == "203.0.113.9"


@pytest.mark.req("R6.11", "I12")
@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("10.0.0.0/24", "10.0.0.255", "10.0.1.0"),
        ("10.0.0.5-10.0.0.9", "10.0.0.9", "10.0.0.10"),
        ("10.0.0.5", "::ffff:10.0.0.5", "10.0.0.6"),
        ("2001:db8::/32", "2001:db8::1", "10.0.0.1"),
    ],
)
def test_ranges_hold_their_addresses(text: str, inside: str, outside: str) -> None:
    assert within(plain(inside), [span(text)])
    assert not within(plain(outside), [span(text)])
    assert not within(plain(inside), [])


@pytest.mark.req("R6.11")
@pytest.mark.parametrize(
    "text", ["10.0.0.9-10.0.0.5", "10.0.0.1-2001:db8::1", "10.0.0.0/33", "дом", "", "1-2-3"]
)
def test_a_wrong_range_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        span(text)


@pytest.mark.req("I01", "I12", "R6.11")
def test_a_person_limited_by_address_is_asked_at_every_request(client: ProjectClient, cast: Cast) -> None:
    User.objects.filter(pk=cast.manager.pk).update(status=Status.BY_ADDRESS)
    client.sign_in(cast.manager)
    assert client.get("/password/").status_code == 403
    office = AddressRange.objects.create(name="Офис", span="127.0.0.0/8")
    assert client.get("/password/").status_code == 200
    assert client.get("/password/", REMOTE_ADDR="198.51.100.7").status_code == 403
    office.delete()
    assert client.get("/password/").status_code == 403


@pytest.mark.req("R6.06")
def test_counters_hold_under_many_hands_and_survive_a_restart(
    installation: Path, project: ProjectRef
) -> None:
    def count() -> None:
        for _turn in range(25):
            counters().count("hands", 60)
        connections.close_all()

    hands = [threading.Thread(target=count) for _hand in range(4)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert counters().peek("hands").hits == 100
    if connection.vendor == "sqlite":
        path = installation / "counters.sqlite"
        assert Counters(SqliteStore(path)).peek("hands").hits == 100
        assert path.stat().st_mode & 0o077 == 0


@pytest.mark.req("R6.10", "R6.02")
def test_a_stream_knows_its_person_until_the_status_changes(
    client: ProjectClient, cast: Cast, project: ProjectRef
) -> None:
    client.sign_in(cast.manager)
    headers = {"cookie": f"{COOKIE}={client.cookies[COOKIE].value}"}
    assert live.recognise(project, headers, "127.0.0.1") == cast.manager.pk
    assert live.recognise(project, {}, "127.0.0.1") is None
    accounts.set_status(access(cast.director), cast.manager, Status.OFF, via="page")
    assert live.recognise(project, headers, "127.0.0.1") is None


@pytest.mark.req("R6.10", "R6.11")
def test_a_stream_of_a_person_limited_by_address_ends_elsewhere(
    client: ProjectClient, cast: Cast, project: ProjectRef
) -> None:
    User.objects.filter(pk=cast.manager.pk).update(status=Status.BY_ADDRESS)
    AddressRange.objects.create(span="10.0.0.0/8")
    client.sign_in(cast.manager)
    headers = {"cookie": f"{COOKIE}={client.cookies[COOKIE].value}"}
    assert live.recognise(project, headers, "10.1.1.1") == cast.manager.pk
    assert live.recognise(project, headers, "198.51.100.7") is None


@pytest.mark.req("R13.06")
def test_a_restored_project_forgets_sessions_and_keys(
    client: ProjectClient, cast: Cast, project: ProjectRef
) -> None:
    client.sign_in(cast.manager)
    hooks.after_restore.run(project)
    assert client.get("/password/").status_code == 302


@pytest.mark.req("I02", "I03")
def test_a_new_project_has_the_ready_roles_in_three_languages(project: ProjectRef) -> None:
    roles = {role.key: role.names for role in Role.objects.all()}
    assert roles["head"] == {"ru": "Руководитель", "en": "Head", "uz": "Rahbar"}
    assert set(roles) == {"director", "head", "manager"}


@pytest.mark.req("R2.08")
def test_who_is_here_and_what_he_may_costs_two_queries(client: ProjectClient, cast: Cast) -> None:
    client.sign_in(cast.manager)
    client.get("/bell/")
    with CaptureQueriesContext(connection) as asked:
        client.get("/bell/")
    assert len([query for query in asked if "people_" in query["sql"]]) == 2
