"""Sharing is told by e-mail too, through a real mail server, as long as the person wants it (O15, R2.07)."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings

from opora.jobs import turns
from opora.people.models import DefaultShare, Group, GroupMember, MailServer, Role, Share, User
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.operations import Act
from opora.tenancy.context import ProjectRef
from tests.clients import ProjectClient
from tests.mailbox import LOGIN, Mailbox, serving
from tests.people import Cast, access

pytestmark = pytest.mark.req("O15", "O07")
SITE = "https://crm.firm.example"


@pytest.fixture
def box(project: ProjectRef, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    monkeypatch.setattr(settings, "OPORA_INTERNAL_HOSTS", frozenset({"localhost"}))
    with serving() as found:
        MailServer.objects.create(
            host="localhost", port=found.port, security="plain", sender=LOGIN, site=SITE
        )
        yield found


@pytest.fixture
def deal(cast: Cast) -> Any:
    DefaultShare.objects.create(kind="deal", level="none")
    role = Role.objects.get(key="manager")
    User.objects.exclude(pk=cast.director.pk).update(role=role)
    return perform(
        "create", kinds["deal"], Act(access(cast.manager)), values={"title": "Холодный цех"}
    ).record


def share(cast: Cast, deal: Any, *principals: User | Group) -> None:
    wanted = {str(one.pk): "read" for one in principals}
    perform("share", kinds["deal"], Act(access(cast.manager)), [deal.pk], everyone="none", shares=wanted)


def test_who_is_added_gets_one_letter_with_the_link_in_the_own_language(
    project: ProjectRef, cast: Cast, box: Mailbox, deal: Any
) -> None:
    group = Group.objects.create(name="Опт")
    for user in (cast.stranger, cast.manager):
        GroupMember.objects.create(group=group, user=user)
    User.objects.filter(pk=cast.assistant.pk).update(email="", email_key="")
    User.objects.filter(pk=cast.stranger.pk).update(language="en")
    share(cast, deal, cast.stranger, cast.assistant, group)
    turns.drain(project.key)
    assert [letter["To"] for letter in box.letters] == ["stranger@example.com"]
    text = box.last_text()
    assert "Жанна Щукина has shared with you: Холодный цех" in text
    assert f"{SITE}{project.address}deals/{deal.pk}/" in text
    share(cast, deal, cast.stranger)
    turns.drain(project.key)
    assert len(box.letters) == 1, "who had it before is not told again"


@pytest.mark.req("R2.07", "R4.06")
def test_no_letter_names_what_is_taken_back_before_it_is_written(
    project: ProjectRef, cast: Cast, box: Mailbox, deal: Any
) -> None:
    share(cast, deal, cast.stranger, cast.assistant)
    Share.objects.filter(principal=cast.stranger.pk).delete()
    User.objects.filter(pk=cast.assistant.pk).update(status="dismissed")
    turns.drain(project.key)
    assert box.letters == []


def test_a_person_switches_the_letters_off_and_on_in_the_profile(
    client: ProjectClient, project: ProjectRef, cast: Cast, box: Mailbox, deal: Any
) -> None:
    client.sign_in(cast.stranger)
    assert 'name="on" value="1" checked' in client.get("/profile/").content.decode()
    assert client.post("/profile/letters/", {}).status_code == 302
    assert 'name="on" value="1" checked' not in client.get("/profile/").content.decode()
    share(cast, deal, cast.stranger)
    turns.drain(project.key)
    assert box.letters == []
    assert client.post("/profile/letters/", {"on": "1"}, headers={"HX-Request": "true"}).status_code == 204
    share(cast, deal)
    share(cast, deal, cast.stranger)
    turns.drain(project.key)
    assert len(box.letters) == 1


def test_where_no_letters_are_sent_none_is_asked_for(project: ProjectRef, cast: Cast, deal: Any) -> None:
    share(cast, deal, cast.stranger)
    assert turns.drain(project.key) == 0
