"""The fixed cast every test may rely on, in every project of the tests.

director
├── head ── manager, colleague
├── other_head ── stranger
└── assistant, second_assistant (managers of the director himself)
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields

import argon2
import pytest
from django.utils import timezone

from opora.people.access import Access
from opora.people.counters import counters
from opora.people.models import AccountKind, User
from opora.people.seed import create_roles
from opora.tenancy.context import ProjectRef

PASSWORD = "тёплый цех 2026"
NAMES = {
    "director": ("Рамиль", "Сафин", AccountKind.DIRECTOR, None),
    "head": ("Марина", "Белова", AccountKind.HEAD, "director"),
    "manager": ("Жанна", "Щукина", AccountKind.MANAGER, "head"),
    "colleague": ("Тимур", "Валеев", AccountKind.MANAGER, "head"),
    "other_head": ("Шерзод", "Алимов", AccountKind.HEAD, "director"),
    "stranger": ("Дилноза", "Рахимова", AccountKind.MANAGER, "other_head"),
    "assistant": ("Анна", "Котова", AccountKind.MANAGER, "director"),
    "second_assistant": ("Олег", "Ким", AccountKind.MANAGER, "director"),
}


@dataclass(frozen=True)
class Cast:
    """The people by their part; each signs in with the part as login and `PASSWORD`."""

    director: User
    head: User
    manager: User
    colleague: User
    other_head: User
    stranger: User
    assistant: User
    second_assistant: User

    def all(self) -> list[User]:
        """Everybody, from the director down."""
        return [getattr(self, field.name) for field in fields(self)]


def seed() -> None:
    """Make the ready roles and the cast in the entered project. The hash is real, only cheap to check."""
    roles = create_roles()
    made: dict[str, User] = {}
    password = "argon2" + argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    for part, (first, last, kind, head) in NAMES.items():
        made[part] = User.objects.create(
            login=part,
            first_name=first,
            last_name=last,
            email=f"{part}@example.com",
            kind=kind,
            role=roles[str(kind)],
            head=made[head] if head else None,
            language="ru",
            password=password,
            created_at=timezone.now(),
        )


def load() -> Cast:
    """The cast of the entered project."""
    found = {user.login: user for user in User.objects.select_related("role", "department")}
    return Cast(**{field.name: found[field.name] for field in fields(Cast)})


@pytest.fixture
def cast(project: ProjectRef) -> Cast:
    """The cast of `t1`, fresh from the database."""
    return load()


@pytest.fixture
def no_counts(installation: object) -> Iterator[None]:
    """Sign-in and rate counters start from nothing."""
    counters().forget_all()
    yield
    counters().forget_all()


def access(user: User) -> Access:
    """The user's rights as they stand in the database now."""
    return Access.of(User.objects.select_related("role", "department").get(pk=user.pk))
