"""What every kind's pages promise, asked by the same people with the same requests (R15.03, R15.08)."""

import re
from typing import Any, ClassVar

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from opora.people.models import Share, User
from opora.records.actions import perform
from opora.records.kinds import Kind, kinds
from opora.records.operations import Act
from opora.timeline.models import Event, Operation
from tests.clients import ProjectClient
from tests.people import Cast, access

VOLATILE = re.compile(
    r'(nonce|value|content)="[^"]*"|X-CSRFToken": "[^"]*"|[0-9A-F]{4}-[0-9A-F]{4}|[0-9a-f-]{36}'
)


class ScreenKit:
    """Inherit, name the kind, what its form is sent, and one field with a new value."""

    kind_name: ClassVar[str]
    form: ClassVar[dict[str, str]]
    list_at: ClassVar[str]
    field: ClassVar[str]
    value: ClassVar[str]

    @property
    def kind(self) -> Kind:
        return kinds[self.kind_name]

    def make(self, owner: User, word: str = "Брусника") -> Any:
        """One private record of the owner, with `word` in its title."""
        named = {"first_name": word} if self.kind_name == "contact" else {"title": word}
        record = perform("create", self.kind, Act(access(owner)), values=named).record
        self.kind.model._default_manager.filter(pk=record.id).update(access="none")
        return record

    def at(self, record: Any, below: str = "") -> str:
        return f"/{self.kind.url}/{record.id}/{below}"

    def state(self) -> Any:
        rows = self.kind.model._default_manager.order_by("pk").values_list()
        return list(rows), Event.objects.count(), Operation.objects.count()

    @pytest.mark.req("R2.01", "R2.06")
    def test_the_list_shows_what_one_sees_and_not_a_trace_of_the_rest(
        self, cast: Cast, client: ProjectClient
    ) -> None:
        self.make(cast.manager, "Брусника")
        self.make(cast.stranger, "Черника")
        words = client.sign_in(cast.colleague).get(self.list_at).content.decode()
        assert "Брусника" in words
        assert "Черника" not in words

    @pytest.mark.req("R17.02")
    def test_a_list_costs_the_same_whatever_its_rows(self, cast: Cast, client: ProjectClient) -> None:
        self.make(cast.manager)
        client.sign_in(cast.manager).get(self.list_at)
        few = self.cost(client)
        for number in range(12):
            self.make(cast.manager, f"Брусника {number}")
        assert self.cost(client) <= few <= 12

    def cost(self, client: ProjectClient) -> int:
        """How many statements the list takes, transactions aside."""
        with CaptureQueriesContext(connection) as seen:
            client.get(self.list_at)
        aside = ("BEGIN", "COMMIT", "SET", "SAVEPOINT", "RELEASE")
        return sum(not query["sql"].startswith(aside) for query in seen.captured_queries)

    @pytest.mark.req("R1.02", "R2.04")
    def test_unseen_and_absent_are_the_same_bytes(self, cast: Cast, client: ProjectClient) -> None:
        record = self.make(cast.manager)
        client.sign_in(cast.stranger)
        for below in ("", "peek/", "feed/", f"fields/{self.field}/"):
            answers = [
                client.get(f"/{self.kind.url}/{number}/{below}") for number in (record.id, record.id + 1)
            ]
            assert [a.status_code for a in answers] == [404, 404], below
            unseen, absent = (
                VOLATILE.sub("", a.content.decode()).replace(str(number), "")
                for a, number in zip(answers, (record.id, record.id + 1), strict=True)
            )
            assert unseen == absent, below

    @pytest.mark.req("R1.01", "R1.03", "R15.08")
    def test_one_request_by_who_may_who_reads_and_who_sees_nothing(
        self, cast: Cast, client: ProjectClient
    ) -> None:
        record = self.make(cast.manager)
        Share.objects.create(
            kind=self.kind_name, record_id=record.id, principal=cast.assistant.id, level="read"
        )
        sent = {"value": self.value, "_version": "1", self.field: self.value}
        before = self.state()
        for person, status in ((cast.stranger, 404), (cast.assistant, 403)):
            assert client.sign_in(person).get(self.at(record)).status_code == (404 if status == 404 else 200)
            for below in (f"fields/{self.field}/", "trash/", "responsible/"):
                answer = client.post(self.at(record, below), {**sent, "to": str(cast.stranger.id)})
                assert answer.status_code == status, (person.login, below)
            assert self.state() == before
        client.sign_in(cast.manager).post(self.at(record, f"fields/{self.field}/"), sent)
        assert Event.objects.filter(subject_id=record.id, name=f"{self.kind_name}.changed").count() == 1

    @pytest.mark.req("R12.03", "O08")
    def test_a_form_sent_twice_makes_one_record(self, cast: Cast, client: ProjectClient) -> None:
        client.sign_in(cast.manager)
        for _twice in range(2):
            assert client.post(f"/{self.kind.url}/new/", {**self.form, "_key": "k1"}).status_code in (
                200,
                302,
            )
        assert self.kind.model._default_manager.count() == 1

    @pytest.mark.req("R1.04")
    def test_a_refused_form_keeps_what_was_typed(self, cast: Cast, client: ProjectClient) -> None:
        typed = dict.fromkeys(self.form, "") | {"description": "слова, которые жалко потерять"}
        answer = client.sign_in(cast.manager).post(f"/{self.kind.url}/new/", {**typed, "_key": "k2"})
        assert answer.status_code == 422
        assert "слова, которые жалко потерять" in answer.content.decode()

    @pytest.mark.req("U09", "R4.09")
    def test_the_trash_hides_a_record_everywhere_but_by_its_link(
        self, cast: Cast, client: ProjectClient
    ) -> None:
        record = self.make(cast.director)
        client.sign_in(cast.director).post(self.at(record, "trash/"), {"_version": "1"})
        assert "Брусника" not in client.get(self.list_at).content.decode()
        assert "Брусника" in client.get(self.at(record)).content.decode()
        client.post(self.at(record, "restoration/"))
        assert "Брусника" in client.get(self.list_at).content.decode()
