"""Every refusal in every form: page, fragment, JSON (R1.01–R1.05)."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import Http404, HttpRequest
from django.test import RequestFactory, override_settings
from django.utils import translation

from opora.kit import errors
from opora.ui import refusals

CASES: list[tuple[errors.Refusal, int, str]] = [
    (errors.NotFound(), 404, "not_found"),
    (errors.MethodNotAllowed(), 405, "method_not_allowed"),
    (errors.Forbidden("Удалить"), 403, "forbidden"),
    (errors.SectionClosed(), 403, "section_closed"),
    (errors.AddressRefused(), 403, "ip_not_allowed"),
    (errors.Invalid({"name": "Пусто"}), 422, "validation_error"),
    (errors.UnsupportedType(), 422, "unsupported_type"),
    (errors.Conflict(current={"city": ("Город", "Казань", "Уфа")}), 409, "conflict"),
    (errors.TooLarge(1024), 413, "too_large"),
    (errors.RateLimited(90), 429, "rate_limited"),
    (errors.Busy(), 503, "busy"),
    (errors.Maintenance(), 503, "maintenance"),
    (errors.StorageFull(), 507, "storage_full"),
    (refusals.Fault(), 500, "internal"),
]


@pytest.fixture(autouse=True)
def _alone() -> Iterator[None]:
    with override_settings(
        ROOT_URLCONF="tests.ui.gallery",
        LOGIN_URL="sign_in",
        TEMPLATES=[{"BACKEND": "opora.ui.jinja.Templates", "NAME": "jinja2", "APP_DIRS": True}],
    ):
        yield


def request(
    method: str = "GET", path: str = "/contacts/1/", values: Any = None, **headers: str
) -> HttpRequest:
    """A request with a number, as the middleware gives it."""
    made = getattr(RequestFactory(), method.lower())(path, values or {}, headers=headers)
    made.number = "7F2C-41AB"
    return made


@pytest.mark.req("R1.01")
@pytest.mark.parametrize(("refusal", "status", "code"), CASES)
def test_api_answers_with_problem_json(refusal: errors.Refusal, status: int, code: str) -> None:
    response = refusals.respond(request(path="/api/v1/contacts/1/"), refusal)
    body = json.loads(response.content)
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    assert (body["code"], body["status"], body["request_id"]) == (code, status, "7F2C-41AB")


@pytest.mark.req("R1.01")
@pytest.mark.parametrize(("refusal", "status", "code"), CASES)
def test_page_answers_with_its_status_and_a_way_on(refusal: errors.Refusal, status: int, code: str) -> None:
    response = refusals.respond(request(), refusal)
    assert response.status_code == status
    assert "<h1" in response.content.decode()
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.req("R1.01")
@pytest.mark.parametrize(("refusal", "status", "code"), CASES)
def test_fragment_of_a_write_leaves_the_form_alone(refusal: errors.Refusal, status: int, code: str) -> None:
    response = refusals.respond(request("POST", **{"HX-Request": "true"}), refusal)
    assert response.status_code == status
    assert response.headers.get("HX-Reswap") in ("none", "innerHTML")
    if status == 409:
        assert response.headers["HX-Retarget"] == "#dialogs"
    else:
        assert "refused" in json.loads(response.headers["HX-Trigger"])


@pytest.mark.req("R1.01")
def test_json_carries_what_the_code_needs() -> None:
    def told(refusal: errors.Refusal) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(refusals.respond(request(path="/api/v1/x/"), refusal).content)
        return body

    assert told(errors.Invalid({"name": "Пусто"}))["fields"] == {"name": ["Пусто"]}
    assert told(errors.Conflict(current={"city": ("Город", "Казань", "Уфа")}))["current"] == {
        "city": "Казань"
    }
    assert told(errors.TooLarge(1024))["limit"] == 1024
    assert told(errors.RateLimited(90))["retry_after"] == 90


@pytest.mark.req("R1.01")
def test_waiting_time_is_a_header_too() -> None:
    assert refusals.respond(request(), errors.Busy()).headers["Retry-After"] == "2"
    assert refusals.respond(request(path="/api/v1/x/"), errors.RateLimited(90)).headers["Retry-After"] == "90"


@pytest.mark.req("R1.01", "R6.15")
def test_unsigned_page_goes_to_the_sign_in_page_and_back() -> None:
    response = refusals.respond(request(path="/contacts/?q=1"), errors.NotSignedIn())
    assert (response.status_code, response.headers["Location"]) == (
        302,
        "/sign-in/?next=%2Fcontacts%2F%3Fq%3D1",
    )


@pytest.mark.req("R1.01")
def test_unsigned_fragment_and_api_get_401() -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "https://crm.example/projects/a/contacts/?q=1"}
    fragment = refusals.respond(request("POST", **headers), errors.NotSignedIn())
    assert fragment.status_code == 401
    assert fragment.headers["HX-Redirect"] == "/sign-in/?next=%2Fprojects%2Fa%2Fcontacts%2F%3Fq%3D1"
    api = refusals.respond(request(path="/api/v1/x/"), errors.NotSignedIn())
    assert (api.status_code, api.headers["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.req("R1.02")
def test_invisible_and_absent_are_the_same_bytes() -> None:
    hidden = refusals.respond(request(), errors.NotFound())
    absent = refusals.not_found(request(), Http404("No Contact matches the given query."))
    token = re.compile(rb'(csrfmiddlewaretoken" value|X-CSRFToken")[=:] ?"[^"]+"')
    assert token.sub(b"", hidden.content) == token.sub(b"", absent.content)
    assert hidden.headers == absent.headers


@pytest.mark.req("R1.04")
def test_refused_form_is_shown_and_can_be_sent_again_without_its_secrets() -> None:
    typed = {"name": "Пекарня <b>", "_key": "k1", "password": "hunter2-long", "csrfmiddlewaretoken": "t"}
    page = refusals.respond(request("POST", values=typed), errors.Busy()).content.decode()
    assert "Пекарня &lt;b&gt;" in page
    assert 'name="_key" value="k1"' in page
    assert "hunter2" not in page


@pytest.mark.req("R1.05")
def test_fault_shows_its_number_and_nothing_else() -> None:
    try:
        raise ZeroDivisionError("secret in /srv/opora")
    except ZeroDivisionError:
        page = refusals.server_error(request()).content.decode()
    assert "7F2C-41AB" in page
    assert "secret" not in page


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OperationalError("database is locked"), 503),
        (OperationalError("canceling statement due to lock timeout"), 503),
        (OperationalError("database or disk is full"), 507),
        (RequestDataTooBig("too big"), 413),
        (Http404(), 404),
    ],
)
def test_errors_of_others_are_refusals_too(error: Exception, status: int) -> None:
    refusal = refusals.refusal_of(error)
    assert refusal is not None
    assert refusal.status == status


def test_a_fault_is_not_taken_for_a_refusal() -> None:
    assert refusals.refusal_of(ValueError("x")) is None
    assert refusals.refusal_of(OperationalError("no such table: deals")) is None


@pytest.mark.req("N22")
@pytest.mark.parametrize(
    ("language", "words"), [("ru", "Не найдено"), ("uz", "Topilmadi"), ("en", "Not found")]
)
def test_refusal_speaks_the_language_of_the_browser(language: str, words: str) -> None:
    with translation.override("ru"):
        page = refusals.respond(request(**{"Accept-Language": language}), errors.NotFound()).content.decode()
    assert words in page
