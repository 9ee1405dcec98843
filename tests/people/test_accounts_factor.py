"""The second factor against a foreign authenticator: set up, second step, recovery, required, reset (R6.06, R6.07)."""

import html
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pyotp
import pytest
from click.testing import CliRunner

from config.cli import opora
from opora.people import devices, streams
from opora.people.halfway import COOKIE as HALF
from opora.people.models import RecoveryCode, Role, SecondFactor, Session, User
from opora.people.sessions import COOKIE
from opora.people.tokens import issue
from opora.tenancy.context import ProjectRef
from opora.timeline.models import Event
from tests.clients import ProjectClient
from tests.people import PASSWORD, Cast

PAGE, STEP = "/profile/factor/", "/second-step/"
NOW = 1_790_000_010.0


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """The wall clock of the product's codes stands still; calling this sets it."""
    told = SimpleNamespace(time=lambda: NOW)
    monkeypatch.setattr("opora.people.factor.time", told)
    return lambda moment: setattr(told, "time", lambda: moment)


class Phone:
    """A foreign authenticator that was given the address of the QR code."""

    def __init__(self, address: str) -> None:
        found = pyotp.parse_uri(address)
        assert isinstance(found, pyotp.TOTP)
        self.totp = found

    def code(self, moment: float = NOW) -> str:
        return self.totp.at(int(moment))


def shown(answer: Any) -> tuple[Phone, str]:
    """What a set-up page shows: a phone that has scanned it, and the sealed secret of its form."""
    text = answer.content.decode()
    address, sealed = (
        re.search(r'href="(otpauth:[^"]+)"', text),
        re.search(r'name="sealed" value="([^"]+)"', text),
    )
    assert address
    assert sealed
    return Phone(html.unescape(address[1])), sealed[1]


def set_up(browser: ProjectClient, **more: str) -> tuple[Phone, list[str]]:
    """Switch the second factor on; the phone and the recovery codes."""
    phone, sealed = shown(browser.get(PAGE))
    answer = browser.post(PAGE, {"password": PASSWORD, "sealed": sealed, "code": phone.code(), **more})
    assert answer.status_code == 200, answer.content.decode()
    return phone, re.findall(r"<li>((?:\w{4}-){3}\w{4})</li>", answer.content.decode())


def halfway(project: ProjectRef, **options: Any) -> ProjectClient:
    """A browser in which the manager has given the password."""
    browser = ProjectClient(project)
    answer = browser.post(
        "/sign-in/", {"login": "manager", "password": PASSWORD, "next": "/projects/t1/tasks/"}, **options
    )
    assert answer.headers["Location"] == "/projects/t1/second-step/?next=%2Fprojects%2Ft1%2Ftasks%2F"
    return browser


def give(browser: ProjectClient, code: str, **options: Any) -> Any:
    return browser.post(STEP, {"code": code, "next": "/projects/t1/tasks/"}, **options)


@pytest.fixture
def manager(client: ProjectClient, cast: Cast) -> ProjectClient:
    return client.sign_in(cast.manager)


@pytest.mark.req("R6.07")
def test_a_foreign_authenticator_signs_in_with_its_code(
    manager: ProjectClient, project: ProjectRef, clock: Callable[[float], None]
) -> None:
    phone, codes = set_up(manager)
    assert (len(codes), len(set(codes))) == (10, 10)
    assert phone.totp.issuer == "Opora Проект t1"
    assert phone.totp.name == "manager"
    browser = halfway(project)
    clock(NOW + 60)
    assert "Второй шаг" in browser.get(STEP).content.decode()
    answer = give(browser, f" {phone.code(NOW + 60)[:3]} {phone.code(NOW + 60)[3:]} ")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/projects/t1/tasks/")
    assert browser.get("/").status_code == 200
    assert browser.cookies[HALF].value == ""
    names = list(Event.objects.filter(name__startswith="user.").values_list("name", flat=True))
    assert {"user.factor_on", "user.signed_in"} <= set(names)


@pytest.mark.req("R6.07")
def test_a_half_finished_sign_in_is_nobody_on_every_road(
    manager: ProjectClient, project: ProjectRef, other_project: ProjectRef
) -> None:
    set_up(manager)
    browser = halfway(project)
    before = Session.objects.count()
    assert COOKIE not in browser.cookies
    assert devices.COOKIE not in browser.cookies
    for path in ("/", "/contacts/", "/profile/", "/profile/factor/", "/password/"):
        assert browser.get(path).headers["Location"].startswith("/projects/t1/sign-in/"), path
    assert browser.get("/api/v1/me").status_code == 401
    assert browser.post("/profile/keys/", {"name": "x"}).status_code == 302
    headers = {"cookie": f"{HALF}={browser.cookies[HALF].value}; {COOKIE}={browser.cookies[HALF].value}"}
    assert streams.recognise(project, headers, "127.0.0.1") is None
    assert Session.objects.count() == before
    elsewhere = ProjectClient(other_project)
    elsewhere.cookies[HALF] = browser.cookies[HALF].value
    assert elsewhere.get(STEP).status_code == 302


@pytest.mark.req("R6.07")
def test_a_code_works_once_and_for_half_a_minute_around(
    manager: ProjectClient, project: ProjectRef, clock: Callable[[float], None]
) -> None:
    phone, _codes = set_up(manager)
    assert give(halfway(project), phone.code(NOW)).status_code == 422  # the set-up has used it
    clock(NOW + 300)
    for drift, status in (
        (-60, 422),
        (60, 422),
        (-30, 302),
        (-30, 422),
        (0, 302),
        (30, 302),
        (0, 422),
        (30, 422),
    ):
        assert give(halfway(project), phone.code(NOW + 300 + drift)).status_code == status, drift


@pytest.mark.req("R14.03", "R6.07")
def test_a_clock_that_ran_ahead_bars_no_code(
    manager: ProjectClient, project: ProjectRef, clock: Callable[[float], None]
) -> None:
    phone, _codes = set_up(manager)
    year = NOW + 365 * 86400
    clock(year)
    assert give(halfway(project), phone.code(year)).status_code == 302
    clock(NOW + 60)
    assert give(halfway(project), phone.code(NOW + 60)).status_code == 302
    assert give(halfway(project), phone.code(NOW + 60)).status_code == 422


@pytest.mark.req("R6.07")
def test_a_recovery_code_works_once_and_only_its_hash_is_stored(
    manager: ProjectClient, project: ProjectRef
) -> None:
    _phone, codes = set_up(manager)
    assert not any(
        code.replace("-", "") in row
        for code in codes
        for row in RecoveryCode.objects.values_list("code_hash", flat=True)
    )
    assert "9 резервных кодов" not in manager.get("/profile/entry/").content.decode()
    assert give(halfway(project), codes[3].lower().replace("-", " ")).status_code == 302
    assert give(halfway(project), codes[3]).status_code == 422
    assert RecoveryCode.objects.count() == 9
    assert "9 резервных кодов" in manager.get("/profile/entry/").content.decode()
    assert Event.objects.filter(name="user.recovery_code_used").count() == 1


@pytest.mark.req("R3.06", "R6.07", "R16.02")
def test_the_secret_is_sealed_and_stands_nowhere_else(manager: ProjectClient, project: ProjectRef) -> None:
    phone, _codes = set_up(manager)
    row = SecondFactor.objects.get()
    assert phone.totp.secret not in row.secret_sealed
    assert phone.totp.secret not in str(list(Event.objects.values()))
    SecondFactor.objects.update(secret_sealed="of another installation")
    browser = halfway(project)
    assert "резервн" in browser.get(STEP).content.decode()
    assert give(browser, phone.code()).status_code == 422


@pytest.mark.req("R6.06")
def test_codes_are_not_guessed(
    manager: ProjectClient, project: ProjectRef, clock: Callable[[float], None]
) -> None:
    phone, codes = set_up(manager)
    clock(NOW + 60)
    wrong = [give(halfway(project), "000000", REMOTE_ADDR=f"10.0.0.{n}").status_code for n in range(5)]
    assert wrong == [422] * 4 + [429]
    refused = give(halfway(project), phone.code(NOW + 60))
    assert refused.status_code == 429
    assert 1700 < int(refused.headers["Retry-After"]) <= 1800
    assert "30" in refused.content.decode()
    done = CliRunner().invoke(opora, ["user", "unlock", "manager", "--project", "t1"])
    assert done.exit_code == 0, done.output
    assert give(halfway(project), codes[0]).status_code == 302


@pytest.mark.req("R6.06")
def test_a_remembered_browser_counts_its_own_guesses(
    manager: ProjectClient, project: ProjectRef, clock: Callable[[float], None]
) -> None:
    phone, codes = set_up(manager)
    known = halfway(project)
    assert give(known, codes[0]).status_code == 302
    known.post("/sign-out/")
    for _turn in range(6):
        give(halfway(project), "000000")
    clock(NOW + 60)
    assert give(halfway(project), phone.code(NOW + 60)).status_code == 429
    known.post("/sign-in/", {"login": "manager", "password": PASSWORD})
    assert give(known, phone.code(NOW + 60)).status_code == 302


@pytest.mark.req("R6.06")
def test_one_address_may_guess_thirty_codes(manager: ProjectClient, project: ProjectRef, cast: Cast) -> None:
    set_up(manager)
    browser = halfway(project)
    statuses = [
        browser.post("/sign-in/", {"login": f"guess{n}", "password": "x"}).status_code for n in range(30)
    ]
    assert set(statuses) == {422}
    assert give(browser, "000000").status_code == 429


@pytest.mark.req("R6.07", "R6.01")
@pytest.mark.parametrize("change", ["off", "password", "by_address", "reset"])
def test_a_half_finished_sign_in_dies_with_the_account(
    manager: ProjectClient, project: ProjectRef, cast: Cast, change: str
) -> None:
    _phone, codes = set_up(manager)
    browser = halfway(project)
    director = ProjectClient(project).sign_in(cast.director)
    if change in ("off", "by_address"):
        User.objects.filter(pk=cast.manager.pk).update(status=change)
        assert give(browser, codes[0]).status_code == 403
    else:
        path = {"password": "password/", "reset": "factor/"}[change]
        director.post(f"/settings/users/{cast.manager.pk}/{path}", {"password": "на один только раз"})
        assert give(browser, codes[0]).headers["Location"].startswith("/projects/t1/sign-in/")
    assert not Session.objects.filter(user=cast.manager).exclude(pk__in=sessions_of(manager)).exists()


def sessions_of(browser: ProjectClient) -> list[int]:
    return list(Session.objects.order_by("id").values_list("id", flat=True)[:1])


@pytest.mark.req("R6.07", "R6.08", "R1.04")
@pytest.mark.parametrize(
    "wrong", [{"password": "не тот"}, {"code": "000000"}, {"code": ""}, {"sealed": "чужое"}, {"sealed": ""}]
)
def test_a_wrong_form_switches_nothing_on(manager: ProjectClient, wrong: dict[str, str]) -> None:
    phone, sealed = shown(manager.get(PAGE))
    answer = manager.post(PAGE, {"password": PASSWORD, "sealed": sealed, "code": phone.code(), **wrong})
    assert answer.status_code == 422
    assert PASSWORD not in answer.content.decode()
    again, _sealed = shown(answer)
    assert (again.totp.secret == phone.totp.secret) == ("sealed" not in wrong)
    assert not SecondFactor.objects.exists()
    assert not User.objects.filter(has_factor=True).exists()


@pytest.mark.req("R6.07")
def test_a_secret_proposed_to_one_person_or_long_ago_is_not_taken(
    manager: ProjectClient, cast: Cast, project: ProjectRef, clock: Callable[[float], None]
) -> None:
    phone, sealed = shown(manager.get(PAGE))
    theirs = ProjectClient(project).sign_in(cast.colleague)
    form = {"password": PASSWORD, "sealed": sealed, "code": phone.code()}
    assert theirs.post(PAGE, form).status_code == 422
    clock(NOW + 1801)
    assert manager.post(PAGE, {**form, "code": phone.code(NOW + 1801)}).status_code == 422


@pytest.mark.req("R6.08", "R6.07")
def test_switching_on_ends_other_sessions_and_renews_this_one(
    manager: ProjectClient, cast: Cast, project: ProjectRef
) -> None:
    elsewhere = ProjectClient(project).sign_in(cast.manager)
    before = manager.cookies[COOKIE].value
    set_up(manager)
    assert manager.cookies[COOKIE].value != before
    assert manager.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302
    stolen = ProjectClient(project)
    stolen.cookies[COOKIE] = before
    assert stolen.get("/").status_code == 302


@pytest.mark.req("R6.07")
def test_removing_and_renewing_need_the_password_and_a_code(
    manager: ProjectClient, clock: Callable[[float], None]
) -> None:
    assert manager.get(f"{PAGE}removal/").status_code == 403
    phone, codes = set_up(manager)
    clock(NOW + 60)
    fresh = phone.code(NOW + 60)
    for page in ("codes/", "removal/"):
        assert manager.get(PAGE + page).status_code == 200
        assert manager.post(PAGE + page, {"password": "не тот", "code": fresh}).status_code == 422
        assert manager.post(PAGE + page, {"password": PASSWORD, "code": phone.code()}).status_code == 422
    answer = manager.post(f"{PAGE}codes/", {"password": PASSWORD, "code": fresh})
    made = re.findall(r"<li>((?:\w{4}-){3}\w{4})</li>", answer.content.decode())
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(made) == 10
    assert not set(made) & set(codes)
    assert manager.post(f"{PAGE}removal/", {"password": PASSWORD, "code": codes[0]}).status_code == 422
    assert manager.post(f"{PAGE}removal/", {"password": PASSWORD, "code": made[0]}).status_code == 302
    assert not SecondFactor.objects.exists()
    assert not RecoveryCode.objects.exists()
    assert not User.objects.filter(has_factor=True).exists()


@pytest.mark.req("R6.07")
def test_moving_to_another_phone_asks_a_code_of_the_old_one(
    manager: ProjectClient, clock: Callable[[float], None], project: ProjectRef
) -> None:
    old, _codes = set_up(manager)
    clock(NOW + 60)
    phone, sealed = shown(manager.get(PAGE))
    form = {"password": PASSWORD, "sealed": sealed, "code": phone.code(NOW + 60)}
    assert manager.post(PAGE, {**form, "old_code": "000000"}).status_code == 422
    assert manager.post(PAGE, {**form, "old_code": old.code(NOW + 60)}).status_code == 200
    clock(NOW + 120)
    assert give(halfway(project), old.code(NOW + 120)).status_code == 422
    assert give(halfway(project), phone.code(NOW + 120)).status_code == 302


def require(cast: Cast) -> None:
    Role.objects.filter(pk=cast.manager.role_id).update(needs_factor=True)


@pytest.mark.req("R6.07")
def test_a_role_that_needs_it_lets_nobody_on_without(
    manager: ProjectClient, cast: Cast, project: ProjectRef, clock: Callable[[float], None]
) -> None:
    require(cast)
    for path in ("/", "/contacts/", "/profile/entry/", "/password/", "/colors.css"):
        assert manager.get(path).headers["Location"] == "/projects/t1/profile/factor/", path
    inside = manager.get("/counts/", headers={"HX-Request": "true"})
    assert inside.headers["HX-Redirect"] == "/projects/t1/profile/factor/"
    told = manager.get("/api/v1/contacts")
    assert (told.status_code, told.json()["code"]) == (403, "factor_due")
    cookie = {"cookie": f"{COOKIE}={manager.cookies[COOKIE].value}"}
    assert streams.recognise(project, cookie, "127.0.0.1") is None
    phone, _codes = set_up(manager)
    assert manager.get("/").status_code == 200
    cookie = {"cookie": f"{COOKIE}={manager.cookies[COOKIE].value}"}
    assert streams.recognise(project, cookie, "127.0.0.1") == cast.manager.pk
    clock(NOW + 60)
    answer = manager.post(f"{PAGE}removal/", {"password": PASSWORD, "code": phone.code(NOW + 60)})
    assert answer.status_code == 403
    assert SecondFactor.objects.exists()


@pytest.mark.req("R6.07", "R6.09")
def test_keys_work_on_while_their_owner_is_to_set_a_factor_up(cast: Cast, project: ProjectRef) -> None:
    _token, key = issue(cast.manager, ["read"])
    require(cast)
    header = {"Authorization": f"Bearer {key}"}
    assert ProjectClient(project).get("/api/v1/contacts", headers=header).status_code == 200


@pytest.mark.req("R6.07", "R2.08", "U14")
def test_the_page_of_roles_asks_for_it_at_once(
    manager: ProjectClient, cast: Cast, project: ProjectRef
) -> None:
    director = ProjectClient(project).sign_in(cast.director)
    place = f"/settings/roles/{cast.manager.role_id}/"
    switches = cast.manager.role.switches
    form = {"_matrix": "1", "name": "Менеджер", "switch": switches, "needs_factor": "1"}
    assert director.post(place, form).status_code == 302
    assert manager.get("/").headers["Location"] == "/projects/t1/profile/factor/"
    assert Event.objects.get(name="role.changed").changes["needs_factor"] == [False, True]
    del form["needs_factor"]
    assert director.post(place, form).status_code == 302
    assert manager.get("/").status_code == 200


@pytest.mark.req("R6.07")
def test_seeing_as_another_person_waits_for_the_own_factor(cast: Cast, project: ProjectRef) -> None:
    role = Role.objects.create(name="Проверяющий", switches=["roles.manage"], scopes={})
    User.objects.filter(pk=cast.assistant.pk).update(role=role)
    browser = ProjectClient(project).sign_in(User.objects.get(pk=cast.assistant.pk))
    assert browser.post("/settings/check/begin/", {"person": str(cast.manager.pk)}).status_code == 302
    assert "Щукина" in browser.get("/").content.decode()
    Role.objects.filter(pk=role.pk).update(needs_factor=True)
    assert browser.get("/").headers["Location"] == "/projects/t1/profile/factor/"
    phone, _sealed = shown(browser.get(PAGE))
    assert phone.totp.name == "assistant"


@pytest.mark.req("R6.07", "R6.02")
def test_who_manages_the_person_resets_it_and_nobody_the_own_one(
    manager: ProjectClient, cast: Cast, project: ProjectRef
) -> None:
    set_up(manager)
    place = f"/settings/users/{cast.manager.pk}/factor/"
    for person, status in ((cast.colleague, 403), (cast.other_head, 404)):
        assert ProjectClient(project).sign_in(person).post(place).status_code == status
    assert SecondFactor.objects.exists()
    head = ProjectClient(project).sign_in(cast.head)
    assert head.post(place).status_code == 302
    assert manager.get("/").status_code == 302
    assert not SecondFactor.objects.exists()
    assert Event.objects.get(name="user.factor_reset").actor_id == cast.head.pk
    director = ProjectClient(project).sign_in(cast.director)
    set_up(director)
    assert director.post(f"/settings/users/{cast.director.pk}/factor/").status_code == 403
    assert User.objects.get(pk=cast.director.pk).has_factor


@pytest.mark.req("R6.07")
def test_the_command_line_is_the_way_back(manager: ProjectClient, cast: Cast, project: ProjectRef) -> None:
    words = ["user", "reset-factor", "manager", "--project", "t1"]
    assert "has no second factor" in CliRunner().invoke(opora, words).output
    set_up(manager)
    assert "the password alone" in CliRunner().invoke(opora, words).output
    assert manager.get("/").status_code == 302
    answer = ProjectClient(project).post("/sign-in/", {"login": "manager", "password": PASSWORD})
    assert answer.headers["Location"] == "/projects/t1/"
