"""Invitations, activation and "Забыли пароль?" by letters through a real mail server (I01, U02, R6.03-R6.06, R6.14)."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from opora.jobs import turns
from opora.jobs.models import Job
from opora.people.mail import letters, servers
from opora.people.models import MailLink, MailServer, Session, User
from opora.people.tokens import issue
from opora.tenancy import hooks
from opora.tenancy.context import ProjectRef
from opora.timeline.models import Event
from tests.clients import ProjectClient
from tests.mailbox import LOGIN, Mailbox, make_certificate, serving
from tests.mailbox import PASSWORD as MAIL_PASSWORD
from tests.people import PASSWORD, Cast

SITE = "https://crm.firm.example"
INVITED = {
    "first_name": "Ирина",
    "last_name": "Иванова",
    "email": "irina@example.com",
    "login": "",
    "way": "invitation",
    "kind": "manager",
    "role": "",
    "head": "",
}
NEW_PASSWORD = "совсем другой пароль"
CHOSEN = {"password": NEW_PASSWORD, "again": NEW_PASSWORD}


@pytest.fixture(autouse=True)
def _local_server_is_allowed(settings_of: Any) -> None:
    settings_of("OPORA_INTERNAL_HOSTS", frozenset({"localhost"}))


@pytest.fixture
def settings_of(monkeypatch: pytest.MonkeyPatch) -> Any:
    return lambda name, value: monkeypatch.setattr(settings, name, value)


@pytest.fixture
def box(project: ProjectRef) -> Iterator[Mailbox]:
    with serving() as found:
        MailServer.objects.create(
            host="localhost", port=found.port, security="plain", sender=LOGIN, sender_name="Цех", site=SITE
        )
        yield found


@pytest.fixture
def director(client: ProjectClient, cast: Cast) -> ProjectClient:
    return client.sign_in(cast.director)


def link_in(text: str) -> str:
    """The path of the link inside a letter or page, from the project's root."""
    found = re.search(r"https?://[^\s/\"]+/projects/t1(/link/[\w-]+/)", text)
    assert found, text
    return found[1]


def invited(director: ProjectClient, project: ProjectRef, box: Mailbox, **changed: str) -> str:
    answer = director.post("/settings/users/new/", {**INVITED, **changed})
    assert answer.status_code == 302, answer.content.decode()
    turns.drain(project.key)
    return link_in(box.last_text())


def ask(project: ProjectRef, login: str, **options: Any) -> Any:
    answer = ProjectClient(project).post("/forgot/", {"login": login}, **options)
    turns.drain(project.key)
    return answer


@pytest.mark.req("I01", "R6.03", "R6.14")
def test_an_invited_person_chooses_a_password_and_works(
    director: ProjectClient, project: ProjectRef, box: Mailbox
) -> None:
    path = invited(director, project, box)
    letter = box.letters[-1]
    assert (letter["To"], letter["From"]) == ("irina@example.com", "Цех <crm@firm.example>")
    assert f"{SITE}/projects/t1/link/" in box.last_text()
    user = User.objects.get(email="irina@example.com")
    assert (user.status, user.login, user.password) == ("activation", "irina@example.com", "")
    theirs = ProjectClient(project)
    page = theirs.get(path)
    assert "Ирина Иванова" in page.content.decode()
    assert page.headers["Referrer-Policy"] == "same-origin"  # with no-referrer browsers send Origin: null
    assert theirs.post(path, CHOSEN).status_code == 302
    user.refresh_from_db()
    assert user.status == "active"
    form = {"login": "irina@example.com", "password": NEW_PASSWORD}
    assert theirs.post("/sign-in/", form).status_code == 302
    assert theirs.get("/").status_code == 200
    assert Event.objects.filter(name="user.activated").exists()


@pytest.mark.req("R6.03", "R6.13")
def test_a_link_works_once_and_no_key_is_stored(
    director: ProjectClient, project: ProjectRef, box: Mailbox
) -> None:
    path = invited(director, project, box)
    key = path.split("/")[2]
    assert len(key) >= 40
    assert key not in MailLink.objects.get().key_hash
    assert not any(key in str(row) for row in Job.objects.values_list("args", "kwargs", "result"))
    anybody = ProjectClient(project)
    for _turn in range(2):
        assert anybody.get(path).status_code == 200
    assert anybody.post(path, CHOSEN).status_code == 302
    for answer in (anybody.get(path), anybody.post(path, {"password": "а" * 20, "again": "а" * 20})):
        assert answer.status_code == 404
        assert "больше не работает" in answer.content.decode()


@pytest.mark.req("R6.03")
@pytest.mark.parametrize("change", ["old", "address", "off", "again", "gone", "password"])
def test_a_link_dies_with_time_and_with_any_change_of_the_account(
    director: ProjectClient, project: ProjectRef, box: Mailbox, change: str
) -> None:
    path = invited(director, project, box)
    user = User.objects.get(email="irina@example.com")
    place = f"/settings/users/{user.pk}/"
    if change == "old":
        MailLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif change == "address":
        user.email = "other@example.com"
        user.save()
    elif change == "off":
        form = {"status": "off", "kind": "manager", "role": user.role_id, "head": ""}
        assert director.post(place, form).status_code == 302
        User.objects.filter(pk=user.pk).update(status="activation")
    elif change == "again":
        assert director.post(f"{place}link/").status_code == 302
        turns.drain(project.key)
        assert ProjectClient(project).get(link_in(box.last_text())).status_code == 200
    elif change == "gone":
        user.delete()
    else:
        director.post(f"{place}password/", {"password": "на один только раз"})
    assert ProjectClient(project).get(path).status_code == 404
    assert ProjectClient(project).post(path, CHOSEN).status_code == 404


@pytest.mark.req("R6.03", "R6.01")
def test_before_activation_nothing_works(director: ProjectClient, project: ProjectRef, box: Mailbox) -> None:
    invited(director, project, box)
    user = User.objects.get(email="irina@example.com")
    assert ProjectClient(project).post("/sign-in/", {"login": user.login, "password": ""}).status_code == 422
    assert ProjectClient(project).sign_in(user).get("/").status_code != 200
    _token, key = issue(user, ["read"])
    answer = ProjectClient(project).get("/api/v1/contacts", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 401
    letters = len(box.letters)
    assert ask(project, user.login).status_code == 200
    assert len(box.letters) == letters


@pytest.mark.req("U02", "R6.04", "R6.08")
def test_a_forgotten_password_is_replaced_by_a_link(cast: Cast, project: ProjectRef, box: Mailbox) -> None:
    theirs = ProjectClient(project).sign_in(cast.manager)
    assert "Забыли пароль" in ProjectClient(project).get("/sign-in/").content.decode()
    assert ask(project, "Manager@example.com").status_code == 200
    path = link_in(box.last_text())
    weak = ProjectClient(project).post(path, {"password": "1234567890", "again": "1234567890"})
    assert weak.status_code == 422
    differ = ProjectClient(project).post(path, {**CHOSEN, "again": "иное"})
    assert "Пароли" in differ.content.decode()
    assert ProjectClient(project).post(path, CHOSEN).status_code == 302
    assert theirs.get("/").status_code == 302
    assert not Session.objects.filter(user=cast.manager).exists()
    client = ProjectClient(project)
    assert client.post("/sign-in/", {"login": "manager", "password": PASSWORD}).status_code == 422
    assert client.post("/sign-in/", {"login": "manager", "password": NEW_PASSWORD}).status_code == 302
    turns.drain(project.key)
    assert "изменён" in box.last_text()


@pytest.mark.req("R6.05", "R6.02")
def test_the_answer_is_the_same_for_known_unknown_and_dismissed(
    cast: Cast, project: ProjectRef, box: Mailbox
) -> None:
    User.objects.filter(pk=cast.stranger.pk).update(status="dismissed")
    User.objects.filter(pk=cast.colleague.pk).update(status="by_address")
    answers = [
        ask(project, login, REMOTE_ADDR=f"10.0.0.{number}").content
        for number, login in enumerate(["manager", "nobody", "stranger", "colleague"], 1)
    ]
    plain = {re.sub(rb'(nonce|value|csrf[^=]*)="[^"]*"|nonce-[\w+/=-]+', b"", one) for one in answers}
    assert len({re.sub(rb"[\w-]{64}", b"", one) for one in plain}) == 1
    assert [letter["To"] for letter in box.letters] == ["manager@example.com"]


@pytest.mark.req("R6.06")
def test_letters_for_strangers_are_few(cast: Cast, project: ProjectRef, box: Mailbox) -> None:
    statuses = [ask(project, "manager", REMOTE_ADDR=f"10.1.0.{n}").status_code for n in range(3)]
    assert statuses == [200, 200, 429]
    one = [ask(project, f"somebody{n}", REMOTE_ADDR="10.2.0.1").status_code for n in range(6)]
    assert one == [200] * 5 + [429]
    assert len(box.letters) == 2


@pytest.mark.req("R6.03")
def test_without_a_mail_server_the_administrator_gets_the_link(
    director: ProjectClient, project: ProjectRef
) -> None:
    answer = director.post("/settings/users/new/", INVITED)
    page = answer.content.decode()
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert "data-copy=" in page
    path = link_in(page)
    assert ProjectClient(project).post(path, CHOSEN).status_code == 302
    asked = ask(project, "manager").content.decode()
    assert "не отправляет писем" in asked
    assert not Job.objects.exists()


@pytest.mark.req("R6.04")
def test_the_administrator_sends_a_link_for_a_new_password(
    director: ProjectClient, project: ProjectRef, cast: Cast, box: Mailbox
) -> None:
    assert director.post(f"/settings/users/{cast.manager.pk}/link/").status_code == 302
    turns.drain(project.key)
    assert ProjectClient(project).get(link_in(box.last_text())).status_code == 200
    head = ProjectClient(project).sign_in(cast.head)
    assert head.post(f"/settings/users/{cast.manager.pk}/link/").status_code == 302
    assert head.post(f"/settings/users/{cast.stranger.pk}/link/").status_code == 404
    manager = ProjectClient(project).sign_in(cast.manager)
    assert manager.post(f"/settings/users/{cast.manager.pk}/link/").status_code == 403


@pytest.mark.req("R3.06", "R8.01")
def test_the_settings_go_through_starttls_with_a_sealed_password(
    director: ProjectClient,
    project: ProjectRef,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    certificate = make_certificate(tmp_path)
    with serving(certificate) as box:
        form = {
            "is_on": "1", "host": "localhost", "port": str(box.port), "security": "starttls", "login": LOGIN,
            "password": MAIL_PASSWORD, "sender": LOGIN, "sender_name": "Цех", "site": SITE,
        }  # fmt: skip
        assert director.post("/settings/mail/", form).status_code == 302
        row = MailServer.objects.get()
        assert MAIL_PASSWORD not in row.password_sealed
        assert MAIL_PASSWORD not in director.get("/settings/mail/").content.decode()
        unknown = director.post("/settings/mail/check/")
        assert (unknown.status_code, box.letters) == (422, [])  # nobody vouches for this certificate
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert director.post("/settings/mail/check/").status_code == 302
        assert box.letters[-1]["To"] == "director@example.com"
        director.post("/settings/mail/", {**form, "password": "не тот"})
        assert "логин или пароль" in director.post("/settings/mail/check/").content.decode()
        director.post("/settings/mail/", {**form, "password": ""})
        director.post("/settings/mail/", {**form, "password": MAIL_PASSWORD, "sender": "a@b.example"})
        User.objects.filter(login="director").update(email="me@refused.example")
        assert "отправител" in director.post("/settings/mail/check/").content.decode()
    assert MAIL_PASSWORD not in str(list(Event.objects.values()))


@pytest.mark.req("R3.06")
def test_a_stored_password_never_goes_to_another_host(director: ProjectClient, box: Mailbox) -> None:
    form = {
        "is_on": "1", "host": "smtp.one.example", "port": "465", "security": "tls", "login": LOGIN,
        "password": MAIL_PASSWORD, "sender": LOGIN, "sender_name": "", "site": SITE,
    }  # fmt: skip
    director.post("/settings/mail/", form)
    assert servers.current().password == MAIL_PASSWORD  # type: ignore[union-attr]
    director.post("/settings/mail/", {**form, "password": "", "sender_name": "Цех"})
    assert servers.current().password == MAIL_PASSWORD  # type: ignore[union-attr]
    director.post("/settings/mail/", {**form, "password": "", "host": "smtp.two.example"})
    assert servers.current().password == ""  # type: ignore[union-attr]


@pytest.mark.req("R8.01", "R8.02", "R8.03")
@pytest.mark.parametrize(
    "host", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "0x7f000001", "2130706433", "64:ff9b::a00:1"]
)
def test_a_server_inside_the_network_is_never_reached(
    director: ProjectClient, box: Mailbox, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.create_connection", lambda *a, **k: pytest.fail("reached"))
    MailServer.objects.update(host=host, port=25)
    answer = director.post("/settings/mail/check/")
    assert answer.status_code == 422
    assert "нельзя связаться" in answer.content.decode()


@pytest.mark.req("R8.02", "R1.04")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("port", "22"),
        ("port", "0"),
        ("port", "²"),
        ("port", "9" * 30),
        ("host", "a b"),
        ("sender", "x"),
        ("sender", "a@b.example\r\nBcc: c@d.example"),
        ("site", "javascript:alert(1)"),
        ("site", "https://a.example/path?x"),
        ("security", "none"),
    ],
)
def test_wrong_settings_are_refused_with_what_was_typed(
    director: ProjectClient, project: ProjectRef, field: str, value: str
) -> None:
    form = {
        "is_on": "1", "host": "smtp.one.example", "port": "465", "security": "tls", "login": LOGIN,
        "password": MAIL_PASSWORD, "sender": LOGIN, "sender_name": "Цех", "site": SITE,
    }  # fmt: skip
    answer = director.post("/settings/mail/", {**form, field: value})
    assert answer.status_code == 422
    assert MAIL_PASSWORD not in answer.content.decode()
    assert not MailServer.objects.exists()


def test_who_may_not_change_settings_has_no_mail_page(client: ProjectClient, cast: Cast) -> None:
    client.sign_in(cast.manager)
    assert client.get("/settings/mail/").status_code == 403
    assert client.post("/settings/mail/", {}).status_code == 403
    assert client.post("/settings/mail/check/").status_code == 403


@pytest.mark.req("R3.06", "R13.06")
def test_a_restored_project_writes_no_letters(
    director: ProjectClient, project: ProjectRef, box: Mailbox, settings_of: Any
) -> None:
    path = invited(director, project, box)
    hooks.after_restore.run(project)
    settings_of("OPORA_SMTP", f"smtp+plain://localhost:{box.port}?from=crm@site.example")
    settings_of("OPORA_SITE", SITE)
    assert not servers.can_write()
    assert ProjectClient(project).get(path).status_code == 404


@pytest.mark.req("R6.03")
def test_the_installations_server_serves_projects_without_their_own(
    director: ProjectClient, project: ProjectRef, box: Mailbox, settings_of: Any
) -> None:
    MailServer.objects.all().delete()
    settings_of("OPORA_SMTP", f"smtp+plain://localhost:{box.port}?from=crm@site.example")
    settings_of("OPORA_SITE", "https://opora.example/")
    assert ProjectClient(project).get(invited(director, project, box)).status_code == 200
    assert "https://opora.example/projects/t1/link/" in box.last_text()


WISH = {"email": "Zhanna@new.example", "password": PASSWORD}


def wish(project: ProjectRef, cast: Cast, **changed: str) -> tuple[ProjectClient, Any]:
    """The manager asks for another own e-mail, and the letters are sent."""
    browser = ProjectClient(project).sign_in(cast.manager)
    answer = browser.post("/profile/email/", {**WISH, **changed})
    turns.drain(project.key)
    return browser, answer


def letter_to(box: Mailbox, address: str) -> str:
    """The text of the newest letter to an address."""
    return str(next(one for one in reversed(box.letters) if one["To"] == address).get_content())


@pytest.mark.req("R6.03", "R6.06", "R6.14")
def test_an_own_email_changes_when_the_link_to_the_new_one_is_followed(
    cast: Cast, project: ProjectRef, box: Mailbox
) -> None:
    theirs, answer = wish(project, cast)
    assert answer.status_code == 302
    assert User.objects.get(pk=cast.manager.pk).email == "manager@example.com"
    assert "Zhanna@new.example" in letter_to(box, "manager@example.com")
    assert "Zhanna@new.example" in theirs.get("/profile/").content.decode()
    path = link_in(letter_to(box, "Zhanna@new.example"))
    mail_program = ProjectClient(project)
    assert "Zhanna@new.example" in mail_program.get(path).content.decode()
    assert User.objects.get(pk=cast.manager.pk).email == "manager@example.com"  # looking changes nothing
    assert theirs.post(path).headers["Location"] == "/projects/t1/profile/"
    turns.drain(project.key)
    assert User.objects.get(pk=cast.manager.pk).email == "Zhanna@new.example"
    assert [one["To"] for one in box.letters].count("manager@example.com") == 2
    assert theirs.post(path).status_code == 404
    entered = ProjectClient(project).post("/sign-in/", {"login": "zhanna@NEW.example", "password": PASSWORD})
    assert entered.status_code == 302
    names = Event.objects.filter(subject_id=cast.manager.pk).values_list("name", flat=True)
    assert {"user.email_asked", "user.email_changed"} <= set(names)


@pytest.mark.req("R6.03")
@pytest.mark.parametrize("change", ["again", "cancelled", "password", "off", "taken", "old"])
def test_a_wish_for_an_email_is_dropped(cast: Cast, project: ProjectRef, box: Mailbox, change: str) -> None:
    theirs, _answer = wish(project, cast)
    path = link_in(letter_to(box, "Zhanna@new.example"))
    if change == "again":
        theirs.post("/profile/email/", {**WISH, "email": "second@new.example"})
        turns.drain(project.key)
        assert ProjectClient(project).get(link_in(letter_to(box, "second@new.example"))).status_code == 200
    elif change == "cancelled":
        assert theirs.post("/profile/email/cancel/").status_code == 302
        assert "Zhanna@new.example" not in theirs.get("/profile/").content.decode()
    elif change == "password":
        theirs.post("/password/", {"current": PASSWORD, **CHOSEN})
    elif change == "off":
        User.objects.filter(pk=cast.manager.pk).update(status="off")
    elif change == "taken":
        User.objects.filter(pk=cast.colleague.pk).update(
            email="zhanna@new.example", email_key="zhanna@new.example"
        )
    else:
        MailLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert ProjectClient(project).post(path).status_code == 404
    assert User.objects.get(pk=cast.manager.pk).email == "manager@example.com"


@pytest.mark.req("R6.03", "R1.04", "R6.04")
@pytest.mark.parametrize(
    ("wrong", "kept"),
    [
        ({"email": "не почта"}, "не почта"),
        ({"email": ""}, ""),
        ({"email": "x" * 250 + "@b.cd"}, "xxx"),
        ({"email": "Manager@Example.com"}, "Manager@Example.com"),
        ({"email": "HEAD@example.com"}, "HEAD@example.com"),
        ({"password": "не тот"}, "Zhanna@new.example"),
    ],
)
def test_a_wrong_wish_sends_nothing(
    cast: Cast, project: ProjectRef, box: Mailbox, wrong: dict[str, str], kept: str
) -> None:
    _theirs, answer = wish(project, cast, **wrong)
    assert answer.status_code == 422
    assert kept in answer.content.decode()
    assert not box.letters
    assert not MailLink.objects.exists()


@pytest.mark.req("R6.06")
def test_an_email_is_asked_for_twice_an_hour(cast: Cast, project: ProjectRef, box: Mailbox) -> None:
    statuses = [wish(project, cast, email=f"n{n}@new.example")[1].status_code for n in range(3)]
    assert statuses == [302, 302, 429]
    assert [one["To"] for one in box.letters if "new.example" in one["To"]] == [
        "n0@new.example",
        "n1@new.example",
    ]


@pytest.mark.req("R6.03")
def test_where_no_letters_are_sent_an_administrator_changes_the_email(
    cast: Cast, project: ProjectRef
) -> None:
    theirs, answer = wish(project, cast)
    assert answer.status_code == 403
    assert "администратор" in theirs.get("/profile/email/").content.decode()


@pytest.mark.req("R6.04", "R6.03")
def test_rights_over_people_are_no_way_around_the_own_password_and_mailbox(
    director: ProjectClient, cast: Cast, box: Mailbox
) -> None:
    place = f"/settings/users/{cast.director.pk}/"
    assert director.post(f"{place}password/", {"password": NEW_PASSWORD}).status_code == 403
    assert director.post(f"{place}link/").status_code == 403
    form = {"first_name": "Рамиль", "last_name": "Сафин", "login": "director", "email": "thief@example.com"}
    assert director.post(place, form).status_code == 403
    assert director.post(place, {**form, "email": "director@example.com"}).status_code == 302
    assert User.objects.get(pk=cast.director.pk).email == "director@example.com"


@pytest.mark.req("R6.06", "R6.04")
def test_the_current_password_is_not_guessed_by_the_form_of_passwords(
    cast: Cast, project: ProjectRef
) -> None:
    theirs = ProjectClient(project).sign_in(cast.manager)
    statuses = [theirs.post("/password/", {"current": f"не тот {n}", **CHOSEN}).status_code for n in range(6)]
    assert statuses == [422] * 5 + [429]


@pytest.mark.req("R6.07")
def test_a_letter_tells_of_each_change_of_the_second_factor(
    cast: Cast, project: ProjectRef, box: Mailbox
) -> None:
    for what in letters.FACTOR_NEWS:
        letters.announce_factor(cast.manager, what)
        turns.drain(project.key)
        assert letter_to(box, "manager@example.com").count("Проект t1") == 1
    assert len(box.letters) == len(letters.FACTOR_NEWS)
