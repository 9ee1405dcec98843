"""Getting in with login and password, as a browser does it (N02, R6.04-R6.08, R6.15)."""

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import RequestFactory
from django.utils import timezone

from opora.jobs import turns
from opora.jobs.origin import acting
from opora.people import accounts, devices, presence
from opora.people.counters import counters
from opora.people.mail import links
from opora.people.models import Session, Status, User
from opora.people.models.mail import LinkPurpose
from opora.people.sessions import COOKIE
from opora.people.tokens import issue
from opora.records import bulk
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.operations import Act
from opora.tenancy import directory
from opora.tenancy.context import ProjectRef, project
from opora.tenancy.models import Project
from opora.timeline.models import Event
from tests.clients import ProjectClient
from tests.people import PASSWORD, Cast, access

WRONG = "неверный пароль"


def attempt(client: ProjectClient, login: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post("/sign-in/", {"login": login, "password": password, **more})


@pytest.mark.req("N02", "R6.08")
def test_the_right_pair_opens_the_project(client: ProjectClient, cast: Cast) -> None:
    answer = attempt(client, "manager")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/projects/t1/")
    cookie = answer.cookies[COOKIE]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/projects/t1/", True, "Lax")
    assert Session.objects.get().user == cast.manager
    assert cookie.value not in Session.objects.get().key_hash


@pytest.mark.req("N02")
@pytest.mark.parametrize("login", ["MANAGER", " manager ", "Manager@Example.com"])
def test_login_and_email_are_forgiven_their_case(client: ProjectClient, cast: Cast, login: str) -> None:
    assert attempt(client, login).status_code == 302


@pytest.mark.req("R3.03", "R6.08")
def test_the_cookie_is_secure_over_tls(client: ProjectClient, cast: Cast) -> None:
    answer = client.post("/sign-in/", {"login": "manager", "password": PASSWORD}, secure=True)
    assert answer.cookies[COOKIE]["secure"]


@pytest.mark.req("R6.08")
def test_signing_in_again_gives_a_new_identifier(client: ProjectClient, cast: Cast) -> None:
    first = attempt(client, "manager").cookies[COOKIE].value
    second = attempt(client, "manager").cookies[COOKIE].value
    assert first != second
    assert Session.objects.count() == 1


@pytest.mark.req("R6.08")
def test_a_session_without_the_mark_ends_with_the_browser(client: ProjectClient, cast: Cast) -> None:
    assert not attempt(client, "manager").cookies[COOKIE]["max-age"]
    assert attempt(client, "manager", lasting="1").cookies[COOKIE]["max-age"]


@pytest.mark.req("R6.05")
def test_known_and_unknown_accounts_are_refused_alike(client: ProjectClient, cast: Cast) -> None:
    known, unknown = attempt(client, "manager", WRONG), attempt(client, "nobody", WRONG)
    assert known.status_code == unknown.status_code == 422
    assert plain(known, "manager") == plain(unknown, "nobody")


@pytest.mark.req("R6.05")
def test_the_hash_is_computed_for_an_unknown_account_too(
    client: ProjectClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from opora.people import passwords  # noqa: PLC0415 - patched where it is used

    asked: list[str] = []
    real = passwords.verify_password
    monkeypatch.setattr(passwords, "verify_password", lambda *args: (asked.append(args[1]), real(*args))[1])
    attempt(client, "manager", WRONG)
    attempt(client, "nobody", WRONG)
    assert [encoded.split("$")[0] for encoded in asked] == ["argon2", "argon2"]


@pytest.mark.req("R6.06")
@pytest.mark.parametrize("login", ["manager", "nobody"])
def test_the_sixth_failure_waits_with_a_timer(client: ProjectClient, cast: Cast, login: str) -> None:
    answers = [attempt(client, login, WRONG) for _turn in range(5)]
    assert [answer.status_code for answer in answers] == [422, 422, 422, 422, 429]
    assert "Осталось" in answers[0].content.decode() or "left" in answers[0].content.decode()
    right = attempt(client, login)
    assert right.status_code == 429
    assert 1700 < int(right.headers["Retry-After"]) <= 1800
    assert "30" in right.content.decode()


@pytest.mark.req("R6.06")
def test_a_remembered_browser_gets_in_while_others_guess(
    client: ProjectClient, cast: Cast, project: ProjectRef
) -> None:
    attempt(client, "manager")
    guesser = ProjectClient(project)
    for _turn in range(6):
        attempt(guesser, "manager", WRONG)
    assert attempt(guesser, "manager").status_code == 429
    assert attempt(client, "manager").status_code == 302


@pytest.mark.req("R6.06")
def test_one_address_may_fail_thirty_times(client: ProjectClient, cast: Cast) -> None:
    answers = [attempt(client, f"guess{turn}", WRONG).status_code for turn in range(31)]
    assert answers == [422] * 30 + [429]
    assert (
        client.post("/sign-in/", {"login": "head", "password": PASSWORD}, REMOTE_ADDR="10.1.1.1").status_code
        == 302
    )


@pytest.mark.req("R6.06")
def test_the_right_password_forgets_the_failures(client: ProjectClient, cast: Cast) -> None:
    for _round in range(2):
        for _turn in range(4):
            attempt(client, "manager", WRONG)
        assert attempt(client, "manager").status_code == 302


@pytest.mark.req("R6.06", "R3.01")
def test_projects_count_apart(client: ProjectClient, cast: Cast, other_project: ProjectRef) -> None:
    for _turn in range(6):
        attempt(client, "manager", WRONG)
    assert attempt(ProjectClient(other_project), "manager").status_code == 302


@pytest.mark.req("R14.03")
def test_a_clock_that_ran_ahead_locks_nobody_for_good(
    project: ProjectRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time  # noqa: PLC0415

    now = time.time()
    monkeypatch.setattr("opora.people.counters.time", SimpleNamespace(time=lambda: now + 365 * 86400))
    counters().count("ahead", 1800, 100)
    monkeypatch.setattr("opora.people.counters.time", SimpleNamespace(time=lambda: now))
    assert counters().count("ahead", 1800).hits == 1


@pytest.mark.req("I01", "R6.01")
@pytest.mark.parametrize("status", [Status.OFF, Status.DISMISSED, Status.ACTIVATION, Status.BY_ADDRESS])
def test_why_an_account_is_closed_is_said_only_after_the_right_password(
    client: ProjectClient, cast: Cast, status: str
) -> None:
    User.objects.filter(pk=cast.manager.pk).update(status=status)
    assert attempt(client, "manager", WRONG).status_code == 422
    answer = attempt(client, "manager")
    assert answer.status_code == 403
    assert not Session.objects.exists()


@pytest.mark.req("R6.15")
@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/projects/t2/contacts/",
        "/projects/t1/..//x",
        "/projects/t1/%2e%2e/t2/",
        "/projects/t1/%252e%252e/t2/",
        "/projects/t1//evil.example",
        "/projects/t1/\nx",
        "/projects/t1/%0d%0aX",
        "/projects/t1/%5cx",
        "/contacts/",
    ],
)
def test_next_leads_only_into_the_same_project(client: ProjectClient, cast: Cast, wanted: str) -> None:
    assert attempt(client, "manager", next=wanted).headers["Location"] == "/projects/t1/"


@pytest.mark.req("R6.15")
def test_next_leads_back_to_the_page_that_was_wanted(client: ProjectClient, cast: Cast) -> None:
    page = client.get("/password/")
    assert page.headers["Location"] == "/projects/t1/sign-in/?next=%2Fprojects%2Ft1%2Fpassword%2F"
    shown = client.get("/sign-in/?next=/projects/t1/password/")
    assert 'name="next" value="/projects/t1/password/"' in shown.content.decode()
    answer = attempt(client, "manager", next="/projects/t1/password/")
    assert answer.headers["Location"] == "/projects/t1/password/"


@pytest.mark.req("R3.01", "R3.03")
def test_a_session_of_one_project_is_nothing_in_another(
    client: ProjectClient, cast: Cast, other_project: ProjectRef
) -> None:
    attempt(client, "manager")
    thief = ProjectClient(other_project)
    thief.cookies[COOKIE] = client.cookies[COOKIE].value
    assert thief.get("/password/").status_code == 302
    row = Session.objects.get()
    with project(other_project):  # even with a copied row
        manager = User.objects.get(login="manager")
        Session.objects.create(
            key_hash=row.key_hash,
            user=manager,
            version=1,
            created_at=row.created_at,
            expires_at=row.expires_at,
        )
    assert thief.get("/password/").status_code == 302


@pytest.mark.req("R6.08")
def test_a_session_ends_after_twelve_idle_hours(
    client: ProjectClient, cast: Cast, project: ProjectRef
) -> None:
    client.sign_in(cast.manager)
    assert client.get("/password/").status_code == 200
    row = Session.objects.get()
    long_ago = timezone.now() - timedelta(hours=12, seconds=1)
    presence._noted.clear()
    name = f"{project.key}:s:{row.id}"
    counters()._run("UPDATE {sight} SET at = {p} WHERE name = {p}", (long_ago.timestamp(), name))
    assert client.get("/password/").status_code == 302


@pytest.mark.req("R6.08")
def test_a_session_ends_after_thirty_days(client: ProjectClient, cast: Cast) -> None:
    client.sign_in(cast.manager)
    Session.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get("/password/").status_code == 302


@pytest.mark.req("R6.08")
def test_signing_out_needs_a_form_and_ends_the_session(client: ProjectClient, cast: Cast) -> None:
    client.sign_in(cast.manager)
    assert client.get("/sign-out/").status_code == 405
    assert Session.objects.exists()
    answer = client.post("/sign-out/")
    assert answer.headers["Location"] == "/projects/t1/sign-in/"
    assert not Session.objects.exists()


@pytest.mark.req("R6.08")
@pytest.mark.parametrize("path", ["/sign-in/", "/sign-out/", "/language/", "/theme/", "/password/"])
def test_every_form_needs_its_token(project: ProjectRef, cast: Cast, path: str) -> None:
    strict = ProjectClient(project, enforce_csrf_checks=True).sign_in(cast.manager)
    assert strict.post(path, {"language": "en"}).status_code == 403


@pytest.mark.req("R6.08", "R3.03")
def test_the_form_token_of_the_page_is_taken_and_belongs_to_the_project(
    project: ProjectRef, cast: Cast
) -> None:
    strict = ProjectClient(project, enforce_csrf_checks=True)
    page = strict.get("/sign-in/")
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.content.decode())
    assert found
    assert page.cookies["opora_csrf"]["path"] == "/projects/t1/"
    form = {"login": "manager", "password": PASSWORD, "csrfmiddlewaretoken": found[1]}
    assert strict.post("/sign-in/", form).status_code == 302


@pytest.mark.req("R16.01", "R16.02")
def test_sign_ins_and_failures_stand_in_the_log_without_passwords(client: ProjectClient, cast: Cast) -> None:
    attempt(client, "manager", WRONG)
    attempt(client, "manager")
    names = list(Event.objects.order_by("id").values_list("name", flat=True))
    assert names == ["user.sign_in_failed", "user.signed_in"]
    assert WRONG not in str(list(Event.objects.values()))


@pytest.mark.req("R6.04")
@pytest.mark.parametrize(
    "password", ["короткий", "1234567890", "qwertyuiop", "manager@example.com", "x" * 129]
)
def test_a_weak_password_is_refused(client: ProjectClient, cast: Cast, password: str) -> None:
    client.sign_in(cast.manager)
    form = {"current": PASSWORD, "password": password, "again": password}
    assert client.post("/password/", form).status_code == 422


@pytest.mark.req("R6.04")
def test_changing_the_password_asks_the_current_one_and_ends_other_sessions(
    client: ProjectClient, cast: Cast, project: ProjectRef
) -> None:
    elsewhere = ProjectClient(project).sign_in(cast.manager)
    client.sign_in(cast.manager)
    form = {"current": WRONG, "password": "новый пароль Ⅳ", "again": "новый пароль Ⅳ"}
    assert client.post("/password/", form).status_code == 422
    assert client.post("/password/", {**form, "current": PASSWORD}).status_code == 302
    assert client.get("/password/").status_code == 200
    assert elsewhere.get("/password/").status_code == 302
    assert attempt(ProjectClient(project), "manager").status_code == 422
    assert attempt(ProjectClient(project), "manager", "новый пароль IV").status_code == 302  # NFKC


@pytest.mark.req("R6.08")
def test_a_changed_password_gives_the_session_a_new_identifier(client: ProjectClient, cast: Cast) -> None:
    before = client.sign_in(cast.manager).cookies[COOKIE].value
    form = {"current": PASSWORD, "password": "новый пароль 77", "again": "новый пароль 77"}
    assert client.post("/password/", form).status_code == 302
    assert client.cookies[COOKIE].value != before
    assert client.get("/bell/").status_code == 200
    client.cookies[COOKIE] = before
    assert client.get("/bell/").status_code == 302


@pytest.mark.req("R6.04")
def test_a_password_of_128_characters_is_taken_whole(client: ProjectClient, cast: Cast) -> None:
    long = "длинный пароль " * 8 + "12345678"
    assert len(long) == 128
    client.sign_in(cast.manager).post("/password/", {"current": PASSWORD, "password": long, "again": long})
    assert attempt(client, "manager", long[:-1] + "9").status_code == 422
    assert attempt(client, "manager", long[:-1]).status_code == 422
    assert attempt(client, "manager", long).status_code == 302


@pytest.mark.req("R6.02", "R6.01")
def test_who_is_hired_again_finds_nothing_of_before(
    client: ProjectClient, cast: Cast, project: ProjectRef
) -> None:
    """Neither sessions, nor keys, nor links, nor the remembered browser come back with the account."""
    attempt(client, "manager")
    known = client.cookies[devices.COOKIE].value
    _token, key = issue(cast.manager, ["read"])
    link = links.issue(cast.manager, LinkPurpose.RESET)
    for status in (Status.OFF, Status.ACTIVE):
        accounts.set_status(access(cast.director), User.objects.get(pk=cast.manager.pk), status, via="page")
    assert client.get("/").status_code == 302
    header = {"Authorization": f"Bearer {key}"}
    assert ProjectClient(project).get("/api/v1/contacts", headers=header).status_code == 401
    assert ProjectClient(project).get(f"/link/{link}/").status_code == 404
    request = RequestFactory().get("/")
    request.COOKIES[devices.COOKIE] = known
    assert not devices.is_known(request, User.objects.get(pk=cast.manager.pk))


@pytest.mark.req("R6.01")
def test_a_job_does_nothing_for_a_person_who_was_switched_off_meanwhile(
    client: ProjectClient, cast: Cast, project: ProjectRef
) -> None:
    mine = perform(
        "create", kinds["contact"], Act(access(cast.manager)), values={"first_name": "Пётр"}
    ).record
    with acting(cast.manager.pk, ""):
        bulk.ask("trash", kinds["contact"], Act(access(cast.manager)), [mine.pk], {}, "")
    User.objects.filter(pk=cast.manager.pk).update(status=Status.OFF)
    turns.drain(project.key)
    assert kinds["contact"].model._default_manager.get(pk=mine.pk).trashed_at is None


@pytest.mark.req("R6.13", "R6.03", "R3.01")
@pytest.mark.parametrize("purpose", list(LinkPurpose))
def test_a_link_of_one_project_opens_nothing_in_another(
    cast: Cast, project: ProjectRef, other_project: ProjectRef, purpose: str
) -> None:
    if purpose == LinkPurpose.INVITATION:
        User.objects.filter(pk=cast.manager.pk).update(status=Status.ACTIVATION)
    key = links.issue(
        User.objects.get(pk=cast.manager.pk),
        purpose,
        address="new@example.com" if purpose == LinkPurpose.EMAIL else "",
    )
    assert ProjectClient(other_project).get(f"/link/{key}/").status_code == 404
    assert ProjectClient(other_project).post(f"/link/{key}/").status_code == 404
    assert ProjectClient(project).get(f"/link/{key}/").status_code == 200


@pytest.mark.req("N03")
@pytest.mark.parametrize("is_demo", [True, False])
def test_only_the_demo_shows_ready_logins(client: ProjectClient, cast: Cast, is_demo: bool) -> None:
    Project.objects.filter(key="t1").update(is_demo=is_demo)
    directory.forget()
    try:
        text = client.get("/sign-in/").content.decode()
        assert ('name="login" value="demosuper"' in text) is is_demo
    finally:
        Project.objects.filter(key="t1").update(is_demo=False)
        directory.forget()


@pytest.mark.req("N02")
def test_language_is_chosen_before_and_kept_after_signing_in(client: ProjectClient, cast: Cast) -> None:
    client.post("/language/", {"language": "en", "next": "/projects/t1/sign-in/"})
    assert 'lang="en"' in client.get("/sign-in/").content.decode()
    client.sign_in(cast.manager)
    client.post("/language/", {"language": "uz"})
    assert User.objects.get(pk=cast.manager.pk).language == "uz"
    assert client.post("/language/", {"language": "xx"}).status_code == 422


def plain(answer: Any, login: str) -> str:
    text = answer.content.decode().replace(login, "LOGIN")
    text = re.sub(r'(value|nonce|X-CSRFToken": )=?"[\w\-]{16,}"', "", text)
    return re.sub(r'"X-CSRFToken": "\w+"', "", text)
