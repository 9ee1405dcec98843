"""What every kind's API promises: the pages' rights and refusals, as JSON."""

from typing import Any, ClassVar

import pytest

from opora.people.models import Share
from opora.records.kinds import Kind, kinds
from opora.timeline.models import Event, Operation
from tests.api.conftest import Program
from tests.people import Cast


class ApiKit:
    """Inherit, name the kind, a body that makes a record, and one change of it."""

    kind_name: ClassVar[str]
    body: ClassVar[dict[str, Any]]
    change: ClassVar[dict[str, Any]]

    @property
    def kind(self) -> Kind:
        return kinds[self.kind_name]

    def make(self, api: Program) -> str:
        """The id of a new private record of the program's owner."""
        number = api("POST", self.kind.url, self.body).json()["id"]
        self.kind.model._default_manager.filter(pk=number).update(access="none")
        return str(number)

    def state(self) -> Any:
        rows = self.kind.model._default_manager.order_by("pk").values_list()
        return list(rows), Event.objects.count(), Operation.objects.count()

    @pytest.mark.req("R3.04")
    def test_made_read_changed_and_thrown_away(self, program: Any, cast: Cast) -> None:
        api = program(cast.director)
        at = f"{self.kind.url}/{self.make(api)}"
        read = api("GET", at)
        assert isinstance(read.json()["id"], str)
        assert api("PATCH", at, self.change).status_code == 200
        assert api("DELETE", at).status_code == 200
        assert api("GET", self.kind.url).json()["items"] == []
        assert api("POST", f"{at}/restore").status_code == 200

    @pytest.mark.req("R1.01", "R1.02", "R1.03")
    def test_unseen_answers_like_absent_and_a_reader_may_not_write(self, program: Any, cast: Cast) -> None:
        number = self.make(program(cast.manager))
        Share.objects.create(kind=self.kind_name, record_id=number, principal=cast.assistant.id, level="read")
        before = self.state()
        stranger, reader = program(cast.stranger), program(cast.assistant)
        for method, below, body in (("GET", "", None), ("PATCH", "", self.change), ("DELETE", "", None)):
            unseen = stranger(method, f"{self.kind.url}/{number}{below}", body)
            absent = stranger(method, f"{self.kind.url}/17{below}", body)
            assert (unseen.status_code, absent.status_code) == (404, 404)
            assert unseen.json()["code"] == absent.json()["code"] == "not_found"
            expected = 200 if method == "GET" else 403
            assert reader(method, f"{self.kind.url}/{number}{below}", body).status_code == expected
        assert self.state() == before
        assert stranger("GET", self.kind.url).json()["items"] == []

    @pytest.mark.req("R12.01")
    def test_a_stale_version_is_a_conflict_with_what_is_stored(self, program: Any, cast: Cast) -> None:
        api = program(cast.manager)
        at = f"{self.kind.url}/{self.make(api)}"
        api("PATCH", at, self.change)
        stale = api("PATCH", at, {**self.change, "version": 1})
        assert (stale.status_code, stale.json()["code"]) == (409, "conflict")
        assert stale.json()["current"]

    @pytest.mark.req("R5.08", "R2.05")
    def test_unknown_and_system_fields_are_refused_by_name(self, program: Any, cast: Cast) -> None:
        api = program(cast.manager)
        at = f"{self.kind.url}/{self.make(api)}"
        assert api("PATCH", at, {"is_admin": True}).json()["code"] == "unknown_field"
        assert api("PATCH", at, {"created_at": "2020-01-01"}).json()["code"] == "read_only_field"
        assert api("GET", f"{self.kind.url}?f=responsible__password.is:1").status_code == 422

    @pytest.mark.req("R11.06", "R12.03")
    def test_the_same_key_makes_one_record(self, program: Any, cast: Cast) -> None:
        api = program(cast.manager)
        answers = [api("POST", self.kind.url, self.body, Idempotency_Key="once") for _twice in range(2)]
        assert answers[0].json()["id"] == answers[1].json()["id"]
        assert answers[1].headers["Idempotent-Replay"] == "true"
        assert self.kind.model._default_manager.count() == 1
