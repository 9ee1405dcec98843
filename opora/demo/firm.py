"""The people of the demo firm: accounts, departments, branches, a group."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from opora.demo import words
from opora.people import accounts
from opora.people.access import Access
from opora.people.demo import LOGINS
from opora.people.models import Branch, Department, Group, GroupMember, User
from opora.people.seed import create_roles


@dataclass(frozen=True)
class Worker:
    """A person of the firm. `share` says how much of the clients he leads, `cities` where they live."""

    login: str
    user_id: int
    access: Access
    language: str
    share: int
    cities: tuple[str, ...]


@dataclass(frozen=True)
class Firm:
    """The people by login, and the group of those who sell."""

    workers: Mapping[str, Worker]
    group_id: int

    def sellers_in(self, city: str) -> list[Worker]:
        """Those who lead clients of a city."""
        return [worker for worker in self.workers.values() if city in worker.cities]


def hire(since: datetime) -> Firm:
    """Make the firm's people in the entered project, in the firm since that moment."""
    create_roles()
    places: dict[str, Mapping[str, Any]] = {"departments": _departments(), "branches": _branches()}
    group = Group.objects.create(**words.read("people")["group"])
    users: dict[str, User] = {}
    for row in words.read("people")["workers"]:
        users[row["login"]] = _hire_one(row, users, places, since)
    GroupMember.objects.bulk_create(
        GroupMember(group=group, user=user, is_leader=user.login == LOGINS[0][0]) for user in users.values()
    )
    return Firm({row["login"]: _worker(row) for row in words.read("people")["workers"]}, group.id)


def _departments() -> dict[str, Department]:
    made: dict[str, Department] = {}
    for row in words.read("people")["departments"]:
        above = made.get(row.get("parent", ""))
        one = Department(name=row["name"], names=row["names"], parent=above)
        one.path = f"{above.path if above else '/'}{one.id}/"
        one.save(force_insert=True)
        made[row["key"]] = one
    return made


def _branches() -> dict[str, Branch]:
    return {
        row["key"]: Branch.objects.create(name=row["name"], names=row["names"])
        for row in words.read("people")["branches"]
    }


def _hire_one(
    row: Mapping[str, Any],
    users: Mapping[str, User],
    places: Mapping[str, Mapping[str, Any]],
    since: datetime,
) -> User:
    ready = dict(LOGINS)
    account = accounts.NewUser(
        login=row["login"],
        password=ready.get(row["login"]) or secrets.token_urlsafe(),
        first_name=row["first_name"],
        last_name=row["last_name"],
        email=f"{row['login']}@teplyi-ceh.example",
        kind=row["kind"],
        head=users.get(row.get("head", "")),
        language=row.get("language", ""),
    )
    user = accounts.create(Access.console(), account, via="system", checked=row["login"] not in ready)
    user.department = places["departments"].get(row.get("department", ""))
    user.branch = places["branches"][row["branch"]]
    user.created_at = since
    user.save()
    return user


def _worker(row: Mapping[str, Any]) -> Worker:
    user = User.objects.select_related("role", "department").get(login=row["login"])
    return Worker(
        login=user.login,
        user_id=user.id,
        access=Access.of(user),
        language=row.get("language", "ru"),
        share=row["share"],
        cities=tuple(row.get("cities", ())),
    )
