"""`opora user` and `opora token`, as an administrator of the server runs them."""

import pytest
from click.testing import CliRunner

from config.cli import opora
from opora.people.models import Session, Status, Token, User
from opora.tenancy.context import ProjectRef
from tests.clients import ProjectClient
from tests.people import Cast


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(opora, words)
    return done.exit_code, done.output


@pytest.mark.req("N15")
def test_a_token_command_prints_the_key_and_nothing_else(project: ProjectRef, cast: Cast) -> None:
    code, output = run("token", "create", "--project", "t1", "--user", "manager", "--scope", "leads")
    assert (code, len(output.split())) == (0, 1)
    key = output.strip()
    row = Token.objects.get()
    assert row.prefix == key[:14]
    assert key not in row.key_hash


@pytest.mark.req("N15")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--project", "nowhere", "--user", "manager", "--scope", "leads"], "no project 'nowhere'"),
        (["--project", "t1", "--user", "nobody", "--scope", "leads"], "no user 'nobody'"),
        (["--project", "t1", "--user", "manager", "--scope", "all"], "'leads', 'read'"),
        (["--project", "t1", "--user", "manager"], "--scope"),
    ],
)
def test_a_wrong_token_command_says_what_is_wrong(project: ProjectRef, words: list[str], said: str) -> None:
    code, output = run("token", "create", *words)
    assert code != 0
    assert said in output


@pytest.mark.req("R6.09")
def test_a_revoked_key_stops_working(project: ProjectRef, cast: Cast) -> None:
    _code, key = run("token", "create", "--project", "t1", "--user", "manager", "--scope", "read")
    assert run("token", "list", "--project", "t1")[1].split()[0] == key[:14]
    assert run("token", "revoke", key[:14], "--project", "t1")[0] == 0
    assert not Token.objects.exists()
    assert run("token", "revoke", key[:14], "--project", "t1")[0] == 1


@pytest.mark.req("N04")
def test_a_user_made_by_command_signs_in(project: ProjectRef, client: ProjectClient) -> None:
    words = ["--project", "t1", "--password", "крепкий пароль", "--head", "head", "--last-name", "Иванова"]
    assert run("user", "create", "ivanova", *words) == (0, "Created ivanova.\n")
    assert client.post("/sign-in/", {"login": "ivanova", "password": "крепкий пароль"}).status_code == 302
    assert "ivanova" in run("user", "list", "--project", "t1")[1]
    assert run("user", "create", "ivanova", *words)[0] == 1


@pytest.mark.req("R6.04")
def test_a_password_given_for_one_use_must_be_changed_at_once(
    project: ProjectRef, client: ProjectClient, cast: Cast
) -> None:
    done = run("user", "password", "manager", "--project", "t1", "--password", "на один раз", "--must-change")
    assert done[0] == 0
    client.post("/sign-in/", {"login": "manager", "password": "на один раз"})
    assert client.get("/settings/users/").status_code in (302, 403)
    form = {"current": "на один раз", "password": "теперь мой собственный", "again": "теперь мой собственный"}
    assert client.post("/password/", form).status_code == 302
    assert not User.objects.get(pk=cast.manager.pk).must_change_password


@pytest.mark.req("I01", "R6.02")
def test_switching_off_by_command_ends_sessions_and_keys(
    project: ProjectRef, client: ProjectClient, cast: Cast
) -> None:
    client.sign_in(cast.manager)
    run("token", "create", "--project", "t1", "--user", "manager", "--scope", "write")
    assert run("user", "status", "manager", "off", "--project", "t1")[0] == 0
    assert client.get("/password/").status_code == 302
    assert not Session.objects.exists()
    assert not Token.objects.exists()
    run("user", "status", "manager", Status.ACTIVE, "--project", "t1")
    assert client.get("/password/").status_code == 302


@pytest.mark.req("I02", "R4.02")
def test_the_last_director_stays(project: ProjectRef, cast: Cast) -> None:
    code, output = run("user", "status", "director", "off", "--project", "t1")
    assert code == 1
    assert output.startswith("Error:")
    assert User.objects.get(kind="director").status == Status.ACTIVE
