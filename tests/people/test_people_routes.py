"""Nothing answers that is not declared (R2.03), and a refusal looks the same for absent and unseen (R1.02)."""

from collections.abc import Iterator

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path

from config import urls as product
from opora.kit.errors import Forbidden, NotSignedIn, SectionClosed
from opora.people import checks
from opora.people.access import Access
from opora.people.guards import Guard, by_key, guard_of, right, signed_in, switch
from opora.people.limits import Limit
from opora.people.models import Token, User
from opora.people.tokens import issue
from opora.tenancy.context import ProjectRef, project
from tests.clients import ProjectClient
from tests.people import Cast, access

FEW = Limit("few", 3, 60)


def undeclared(request: HttpRequest) -> HttpResponse:
    return HttpResponse("should never be seen")


@signed_in
def plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.user.login)  # type: ignore[union-attr]


@by_key("read", "write")
def for_programs(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.user.login)  # type: ignore[union-attr]


@right("{kind}.delete")
def by_address(request: HttpRequest, kind: str) -> HttpResponse:
    return HttpResponse(kind)


@switch("no.such.switch")
def misspelt(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [
    path("undeclared/", undeclared),
    path("plain/", plain),
    path("api/v1/things/", for_programs),
    path("kinds/<kind>/", by_address),
    path("misspelt/", misspelt),
    *product.urlpatterns,
]


@pytest.fixture
def own_routes(cast: Cast) -> Iterator[None]:
    with override_settings(ROOT_URLCONF=__name__):
        yield


@pytest.mark.req("R2.03")
def test_every_route_of_the_product_declares_its_right() -> None:
    assert checks.every_route_declares_a_right(None) == []
    assert len(list(checks.routes())) > 5


@pytest.mark.req("R2.03")
def test_the_check_names_routes_without_a_right_and_with_an_unknown_switch(own_routes: None) -> None:
    found = {(error.id, error.msg.split("'")[1]) for error in checks.every_route_declares_a_right(None)}
    assert found == {("people.E001", "undeclared/"), ("people.E002", "misspelt/")}


@pytest.mark.req("R2.03")
def test_a_route_without_a_right_answers_nobody(own_routes: None, client: ProjectClient, cast: Cast) -> None:
    assert client.get("/undeclared/").status_code == 403
    answer = client.sign_in(cast.director).get("/undeclared/")
    assert answer.status_code == 403
    assert b"should never be seen" not in answer.content


@pytest.mark.req("R1.01", "R2.03")
def test_who_is_not_signed_in_goes_to_the_sign_in_page(own_routes: None, client: ProjectClient) -> None:
    page, part = client.get("/plain/"), client.get("/plain/", headers={"HX-Request": "true"})
    assert (page.status_code, part.status_code) == (302, 401)
    assert "HX-Redirect" in part.headers
    answer = client.get("/api/v1/things/")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


@pytest.mark.req("R2.03")
def test_a_right_may_name_a_part_of_the_address(own_routes: None, client: ProjectClient, cast: Cast) -> None:
    client.sign_in(cast.manager)
    assert client.get("/kinds/contact/").content == b"contact"


@pytest.mark.req("R6.09", "N15")
def test_a_key_works_only_in_the_header_and_only_where_keys_are_taken(
    own_routes: None, client: ProjectClient, cast: Cast
) -> None:
    _token, key = issue(cast.manager, ["read"])
    header = {"Authorization": f"Bearer {key}"}
    assert client.get("/api/v1/things/", headers=header).content == b"manager"
    assert client.get("/plain/", headers=header).status_code == 302
    assert client.get(f"/api/v1/things/?token={key}&key={key}").status_code == 401
    assert client.get("/api/v1/things/", headers={"Authorization": f"Basic {key}"}).status_code == 401
    assert client.get("/api/v1/things/", headers={"Authorization": "Bearer wrong"}).status_code == 401


@pytest.mark.req("R6.09")
def test_a_key_never_comes_together_with_a_session(
    own_routes: None, client: ProjectClient, cast: Cast
) -> None:
    _token, key = issue(cast.manager, ["read"])
    client.sign_in(cast.manager)
    assert client.get("/api/v1/things/", headers={"Authorization": f"Bearer {key}"}).status_code == 401


@pytest.mark.req("R6.09")
def test_a_key_of_another_scope_is_refused(own_routes: None, client: ProjectClient, cast: Cast) -> None:
    _token, key = issue(cast.manager, ["leads"])
    answer = client.get("/api/v1/things/", headers={"Authorization": f"Bearer {key}"})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@pytest.mark.req("R6.09")
@pytest.mark.parametrize(("place", "status"), [("10.0.0.0/8", 200), ("192.168.0.1-192.168.0.9", 401)])
def test_a_key_works_only_from_its_addresses(
    own_routes: None, client: ProjectClient, cast: Cast, place: str, status: int
) -> None:
    _token, key = issue(cast.manager, ["read"], ranges=[place])
    answer = client.get(
        "/api/v1/things/", headers={"Authorization": f"Bearer {key}"}, REMOTE_ADDR="::ffff:10.2.3.4"
    )
    assert answer.status_code == status


@pytest.mark.req("R6.01", "R6.09")
def test_a_key_of_a_closed_account_says_so(own_routes: None, client: ProjectClient, cast: Cast) -> None:
    _token, key = issue(cast.manager, ["read"])
    User.objects.filter(pk=cast.manager.pk).update(status="off")
    answer = client.get("/api/v1/things/", headers={"Authorization": f"Bearer {key}"})
    assert (answer.status_code, answer.json()["code"]) == (401, "account_blocked")


@pytest.mark.req("R6.06")
def test_a_key_may_ask_six_hundred_times_a_minute(
    own_routes: None, client: ProjectClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("opora.people.middleware.API_REQUESTS", FEW)
    _token, key = issue(cast.manager, ["read"])
    header = {"Authorization": f"Bearer {key}"}
    answers = [client.get("/api/v1/things/", headers=header) for _turn in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].json()["code"] == "rate_limited"
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60


@pytest.mark.req("R3.01")
def test_a_copied_key_row_opens_nothing_in_another_project(
    own_routes: None, cast: Cast, other_project: ProjectRef
) -> None:
    token, key = issue(cast.manager, ["read"])
    with project(other_project):
        owner = User.objects.get(login="manager")
        Token.objects.create(
            key_hash=token.key_hash,
            prefix=token.prefix,
            owner=owner,
            scopes=["read"],
            created_at=token.created_at,
        )
    header = {"Authorization": f"Bearer {key}"}
    assert ProjectClient(other_project).get("/api/v1/things/", headers=header).status_code == 401


@pytest.mark.req("R1.01")
def test_a_closed_section_and_a_missing_right_have_their_own_answers(cast: Cast) -> None:
    request = HttpRequest()
    request.access, request.token = access(cast.manager), None  # type: ignore[attr-defined]
    with pytest.raises(Forbidden):
        Guard(rights=("contact.export",)).check(request, {})
    with pytest.raises(Forbidden, match="forbidden"):
        Guard(switches=("users.manage",)).check(request, {})
    request.access = access(cast.manager).narrowed(["leads"])  # type: ignore[attr-defined]
    with pytest.raises(SectionClosed):
        Guard(rights=("contact.see",)).check(request, {})
    request.access = Access.nobody()  # type: ignore[attr-defined]
    with pytest.raises(NotSignedIn):
        Guard().check(request, {})
    assert guard_of(plain) == Guard()
