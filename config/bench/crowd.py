"""Fills a project with very many contacts of very different people, to measure rights and lists in.

The people of each case own a named part of the contacts: many (dense), few (sparse), just too few for a walk
(middle), or many that nobody has touched for long (old). Runs in a process of its own, like `filling`.
"""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils import timezone

from config.bench import copies
from config.bench.filling import SEED, SLUG
from opora.contacts.models import Contact
from opora.demo import words
from opora.kit.ids import EPOCH, RANDOM_BITS, new_id
from opora.people.models import AccountKind, Group, GroupMember, Role, Share, User
from opora.people.scopes import Scope, uniform
from opora.people.seed import create_roles
from opora.records import definitions, indexes
from opora.records.fields import Field
from opora.records.kinds import kinds
from opora.records.loading import load
from opora.records.models import OwnField, Process, Section, Stage
from opora.tenancy import provisioning
from opora.tenancy.context import project

CONTACT = "contact"
OLD = 0.2
"""The part of the contacts, the longest untouched, in which the `old` people's records lie."""


@dataclass(frozen=True)
class Circle:
    """So many people who own this part of all contacts; a reader of the circle sees what they own."""

    name: str
    people: int
    part: float


CIRCLES = (
    Circle("1 dense", 1, 0.015),
    Circle("1 middle", 1, 0.005),
    Circle("1 sparse", 1, 0.00004),
    Circle("10 dense", 10, 0.05),
    Circle("10 middle", 10, 0.008),
    Circle("10 sparse", 10, 0.00008),
    Circle("10 old", 10, 0.02),
    Circle("100 dense", 100, 0.1),
    Circle("100 middle", 100, 0.009),
    Circle("100 sparse", 100, 0.001),
    Circle("1000 dense", 1000, 0.6),
    Circle("1000 middle", 1000, 0.0095),
    Circle("1000 sparse", 1000, 0.003),
)
REST, NOBODY_YET = 100, 0.01
OPEN, SHARED_BY_NAME, SHARES = 0.002, 0.2, 0.0026
"""The parts of contacts that everyone may read, that are shared with somebody, that a reader with shares was given."""
MANY, COPIES = 100_000, 10
"""From so many contacts on a tenth is loaded and the rest are copies of it."""
TYPES = ("text", "number", "date", "selector", "text", "number")
OWN_FIELDS, FILTERED, SORTED = 30, 20, 4


def fill(contacts: int) -> dict[str, Any]:
    """Make the project `bench` with so many contacts; gives the readers' logins by case."""
    provisioning.prepare()
    ref = provisioning.create_project(SLUG, "Bench", is_demo=True)
    with project(ref):
        with transaction.atomic():
            owners, readers, partners = _people()
            stages, fields = _definitions()
        times = COPIES if contacts >= MANY else 1
        _load(_contacts(contacts // times, owners, stages, fields, random.Random(SEED)))
        copies.multiply(kinds[CONTACT], times)
        _share(contacts, readers, partners, owners["rest"])
        indexes.reconcile()
        copies.analyse()
        return {
            "contacts": contacts,
            "readers": {name: [u.login for u in of] for name, of in readers.items()},
        }


def _load(contacts: Iterator[Contact]) -> None:
    """A thousand at each moment, so that they were not all made at once."""
    while batch := list(islice(contacts, 1000)):
        load(kinds[CONTACT], batch, at=id_moment(batch[0].id))


def main(contacts: int) -> None:
    """What the filling process runs: prints what was made as one line of JSON."""
    print(json.dumps(fill(contacts)))


def _people() -> tuple[dict[str, list[User]], dict[str, list[User]], Group]:
    """The owners of each circle, its two readers (without shares and with them), the group that is shared with."""
    roles = create_roles()
    role = Role.objects.create(name="Bench", scopes=uniform(Scope.GROUP))
    _made("director", 1, roles[str(AccountKind.DIRECTOR)], AccountKind.DIRECTOR)
    partners = Group.objects.create(name="Partners")
    owners = {"rest": _made("rest", REST, role)}
    readers: dict[str, list[User]] = {}
    for circle in CIRCLES:
        owners[circle.name] = _made(f"o {circle.name}", circle.people, role)
        readers[circle.name] = _made(f"r {circle.name}", 2, role)
        group = Group.objects.create(name=circle.name)
        members = owners[circle.name] + readers[circle.name]
        GroupMember.objects.bulk_create(GroupMember(group=group, user=user) for user in members)
        GroupMember.objects.create(group=partners, user=readers[circle.name][1])
    return owners, readers, partners


def _made(name: str, number: int, role: Role, kind: str = AccountKind.MANAGER) -> list[User]:
    people = [
        User(
            login=f"{name} {place}".replace(" ", "-"),
            login_key=f"{name} {place}".replace(" ", "-"),
            first_name=name,
            kind=kind,
            role=role,
            password="!",  # noqa: S106 - nobody signs in by a password here
            created_at=timezone.now(),
        )
        for place in range(number)
    ]
    return list(User.objects.bulk_create(people))


def _definitions() -> tuple[list[Stage], list[Field]]:
    process = Process.objects.create(kind=CONTACT, name="Bench")
    groups = ("new", "work", "work", "won", "lost")
    stages = [
        Stage.objects.create(process=process, name=f"Stage {place}", group=group, position=place)
        for place, group in enumerate(groups)
    ]
    section = Section.objects.create(kind=CONTACT, name="Bench")
    for place in range(OWN_FIELDS):
        name = TYPES[place % len(TYPES)]
        choices = {"choices": [{"id": f"c{n}", "label": f"Choice {n}"} for n in range(12)]}
        OwnField.objects.create(
            kind=CONTACT,
            section=section,
            type=name,
            label=f"Own {place} ({name})",
            is_filterable=place < FILTERED,
            is_sortable=place < SORTED,
            options=choices if name == "selector" else {},
            position=place,
        )
    definitions.changed()
    fields = definitions.current().fields(CONTACT).values()
    return stages, [field for field in fields if field.is_own]


def _contacts(
    number: int,
    owners: Mapping[str, Sequence[User]],
    stages: Sequence[Stage],
    fields: Sequence[Field],
    dice: random.Random,
) -> Iterator[Contact]:
    cities, firms = words.read("names")["cities"], words.read("names")["firms"]
    start = timezone.now() - timedelta(days=900)
    seconds = 880 * 86400 / number
    draw = _Owners(number, owners, dice)
    for place in range(number):
        city, firm = dice.choice(cities), dice.choice(firms)
        contact = Contact(
            id=new_id(start + timedelta(seconds=place * seconds)),
            type="company",
            company_name=f"{dice.choice(firm['what'])} «{dice.choice(firm['called'])} {place}»",
            phones=[{"value": f"{city['phones'][0]}{place % 10_000_000:07d}", "label": "work"}],
            emails=[{"value": f"zakaz{place}@mail.example", "label": "work"}],
            city=city["name"],
            stage=dice.choice(stages),
            responsible_id=draw.owner(place),
            access="read" if dice.random() < OPEN else "",
        )
        if dice.random() < 0.1:
            contact.next_step_at = start + timedelta(days=dice.randint(900, 990), minutes=place % 1440)
        for field in fields:
            if dice.random() < 0.5:
                field.set(contact, _value(field.type.name, dice))
        yield contact


class _Owners:
    """Who owns which contact: exactly as many a person as the parts of the circles say, in chance order."""

    def __init__(self, number: int, owners: Mapping[str, Sequence[User]], dice: random.Random) -> None:
        old = int(number * OLD)
        self._early: list[int | None] = []
        late: list[int | None] = [None] * int(number * NOBODY_YET)
        for circle in CIRCLES:
            people = owners[circle.name]
            rows = [people[n % len(people)].id for n in range(max(1, int(number * circle.part)))]
            (self._early if circle.name.endswith(" old") else late).extend(rows)
        rest = owners["rest"]
        late += [rest[n % len(rest)].id for n in range(number - len(late) - len(self._early))]
        dice.shuffle(late)
        first = self._early + late[: old - len(self._early)]
        dice.shuffle(first)
        self._all = first + late[old - len(self._early) :]

    def owner(self, place: int) -> int | None:
        """The responsible person of the contact of that place; None for one that nobody has taken."""
        return self._all[place]


def id_moment(number: int) -> datetime:
    """The moment that an id was made for."""
    return EPOCH + timedelta(milliseconds=number >> RANDOM_BITS)


def _value(name: str, dice: random.Random) -> Any:
    if name == "text":
        return f"value {dice.randint(1, 5000)}"
    if name == "number":
        return Decimal(dice.randint(1, 100_000))
    if name == "date":
        return date(2024, 1, 1) + timedelta(days=dice.randint(0, 900))
    return f"c{dice.randint(0, 11)}"


def _share(
    contacts: int, readers: Mapping[str, Sequence[User]], partners: Group, rest: Sequence[User]
) -> None:
    """Share a fifth of all contacts with somebody, and some with each reader of shares, half of it by a group."""
    dice = random.Random(SEED)
    stamps = list(Contact.objects.order_by("id").values_list("id", "stamp"))
    with transaction.atomic():
        _given(dice.sample(stamps, int(contacts * SHARES / 2)), Share.GROUP, partners.id)
        for _without, reader in readers.values():
            _given(dice.sample(stamps, int(contacts * SHARES / 2)), Share.USER, reader.id)
        others = dice.sample(stamps, int(contacts * SHARED_BY_NAME))
        for place, user in enumerate(rest):
            _given(others[place :: len(rest)], Share.USER, user.id)


def _given(rows: Sequence[tuple[int, int]], who: str, principal: int) -> None:
    Share.objects.bulk_create(
        (
            Share(
                kind=CONTACT,
                record_id=number,
                principal_type=who,
                principal=principal,
                level="read",
                stamp=stamp,
            )
            for number, stamp in rows
        ),
        batch_size=5000,
        ignore_conflicts=True,
    )
