"""The main job over a real connection: the help page's own examples, and who hears of the lead."""

import html
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from opora.contacts.models import Contact
from opora.people.counters import counters
from opora.people.sessions import COOKIE
from opora.people.tokens import issue
from opora.tenancy.context import ProjectRef
from tests.clients import ProjectClient
from tests.jobs import servers
from tests.jobs.test_server import Listener
from tests.leadforms.test_leads import ANNA
from tests.leadforms.test_spool import locked
from tests.people import Cast

pytestmark = pytest.mark.req("N15", "R9.02")


@pytest.fixture(scope="module")
def server(installation: object, seeded_projects: Any) -> Iterator[servers.Server]:
    seeded_projects("t1")
    with servers.running() as started:
        yield started


@pytest.fixture
def key(cast: Cast) -> str:
    counters().forget_all()
    return issue(cast.head, ["leads"], name="Сайт")[1]


def post(server: servers.Server, project: ProjectRef, key: str, body: Any) -> httpx.Response:
    address = f"{server.address}{project.address}api/v1/leads"
    return httpx.post(address, json=body, headers={"Authorization": f"Bearer {key}"}, timeout=20)


def test_a_lead_is_heard_within_a_second_by_those_who_may_take_it(
    server: servers.Server, project: ProjectRef, client: ProjectClient, cast: Cast, key: str
) -> None:
    listener = Listener(server, client, cast.manager)
    answer = post(server, project, key, ANNA)
    assert answer.status_code == 201
    assert listener.heard("contact", int(answer.json()["id"]), 1.0)


def examples(server: servers.Server, client: ProjectClient, cast: Cast) -> dict[str, str]:
    """The code of the help page as a person copies it."""
    client.sign_in(cast.director)
    with httpx.Client(cookies={COOKIE: client.cookies[COOKIE].value}) as browser:
        page = browser.get(f"{server.address}{client.project.address}help/leads/").text
    found = re.findall(r'<code data-example="(\w+)">(.*?)</code>', page, re.DOTALL)
    return {name: html.unescape(code) for name, code in found}


@pytest.mark.parametrize("language", ["curl", "php", "python"])
def test_the_examples_of_the_help_page_work(
    server: servers.Server, client: ProjectClient, cast: Cast, key: str, language: str
) -> None:
    program = {"curl": "sh", "php": "php", "python": sys.executable}[language]
    if not shutil.which(program) or not shutil.which("curl" if language == "curl" else program):
        pytest.skip(f"{language} is not on this machine")
    code = examples(server, client, cast)[language].replace("KEY", key)
    done = subprocess.run([program], input=code, capture_output=True, text=True, timeout=30)
    assert '"status": "created"' in done.stdout, done.stderr
    contact = Contact.objects.get()
    assert (contact.title, contact.phones[0]["value"]) == ("Анна Петрова", "+79170004821")


def test_a_lead_sent_to_a_locked_database_becomes_a_contact_by_itself(
    server: servers.Server, project: ProjectRef, key: str
) -> None:
    with locked(project):
        assert post(server, project, key, ANNA).status_code == 202
    end = time.monotonic() + 20
    while time.monotonic() < end and not Contact.objects.exists():
        time.sleep(0.1)
    assert Contact.objects.get().title == "Анна Петрова"


@pytest.mark.req("R17.01")
def test_a_body_over_64_kb_is_refused_before_it_is_read(
    server: servers.Server, project: ProjectRef, key: str
) -> None:
    answer = post(server, project, key, {"name": "a" * 70_000})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
