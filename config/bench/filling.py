"""Fills a project to measure in: people, definitions, contacts and deals by the thousand, one card with a history.

Runs in a process of its own, whose settings are those of the measured installation.
"""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from decimal import Decimal
from importlib.util import find_spec
from typing import Any

from django.db import transaction
from django.test import RequestFactory
from django.utils import timezone

from opora.contacts.models import Contact
from opora.deals.models import Deal
from opora.demo import words
from opora.demo.defining import Defined, define
from opora.duplicates.keys import look_at_some
from opora.kit.money import Money
from opora.people.access import Access
from opora.people.models import AccountKind, Group, GroupMember, User
from opora.people.seed import create_roles
from opora.people.sessions import open_session
from opora.people.tokens import issue
from opora.records import definitions, indexes
from opora.records.actions import perform
from opora.records.fields import Field
from opora.records.kinds import kinds
from opora.records.loading import load
from opora.records.models import Stage
from opora.records.operations import Act
from opora.tenancy import provisioning
from opora.tenancy.context import project

SLUG = "bench"
HEADS, TEAM = 20, 3
SEED = 2


@dataclass(frozen=True)
class Filled:
    """Whom to come as (the cookie and the API key of each head), the card each one opens, and what each looks for."""

    sessions: Sequence[str]
    keys: Sequence[str]
    cards: Sequence[str]
    terms: Sequence[str]
    stages: str
    has_api: bool


def fill(contacts: int, deals: int) -> Filled:
    """Make the project `bench` with so many contacts and deals, led by twenty heads and their people."""
    provisioning.prepare()
    ref = provisioning.create_project(SLUG, "Bench", is_demo=True)
    with project(ref):
        dice = random.Random(SEED)
        with transaction.atomic():
            heads, people = _people()
            group = Group.objects.create(name="Bench")
            GroupMember.objects.bulk_create(GroupMember(group=group, user=user) for user in people)
            defined = define(group.id)
        load(kinds["contact"], _contacts(contacts, people, defined, dice))
        ids = list(Contact.objects.values_list("id", flat=True).order_by("id"))
        load(kinds["deal"], _deals(deals, ids, people, defined, dice))
        indexes.reconcile()
        # The job that looks through all these new contacts would be measured together with the pages.
        while look_at_some():
            pass
        cards = [_card(head) for head in heads]
        return Filled(
            sessions=[open_session(RequestFactory().get("/"), head)[1] for head in heads],
            keys=[issue(head, ["read", "write"])[1] for head in heads],
            cards=[str(card.id) for card in cards],
            terms=[card.company_name.split("«")[1].rstrip("»") for card in cards],
            stages=",".join(str(stage.id) for stage in _open_stages(defined)),
            has_api=find_spec("config.api") is not None,
        )


def _open_stages(defined: Defined) -> list[Stage]:
    """The stages whose columns the board opens with: won and lost ones stand folded."""
    stages = [stage for key, stage in defined.stages.items() if key.startswith("equipment.")]
    return [stage for stage in stages if stage.group in ("new", "work")]


def _people() -> tuple[list[User], list[User]]:
    roles = create_roles()
    heads, people = [], []
    for number in range(HEADS):
        head = _user(f"head{number}", AccountKind.HEAD, roles, None)
        heads.append(head)
        people += [head, *(_user(f"m{number}-{n}", AccountKind.MANAGER, roles, head) for n in range(TEAM))]
    return heads, people


def _user(login: str, kind: AccountKind, roles: Any, head: User | None) -> User:
    return User.objects.create(
        login=login,
        first_name=login,
        kind=kind,
        role=roles[str(kind)],
        head=head,
        password="!",  # noqa: S106 - nobody signs in by a password here
        created_at=timezone.now(),
    )


def _contacts(
    number: int, people: Sequence[User], defined: Defined, dice: random.Random
) -> Iterator[Contact]:
    fields = definitions.current().fields("contact")
    names = words.read("names")
    stages = [stage.id for key, stage in defined.stages.items() if key.startswith("clients.")]
    for place in range(number):
        city = dice.choice(names["cities"])
        firm = dice.choice([row for row in names["firms"] if row["land"] == city["land"]])
        contact = Contact(stage_id=dice.choice(stages), responsible=people[place % len(people)])
        values = {
            "type": "company",
            "company_name": f"{dice.choice(firm['what'])} «{dice.choice(firm['called'])} {place}»",
            "phones": [{"value": f"{city['phones'][0]}{place % 10_000_000:07d}", "label": "work"}],
            "emails": [{"value": f"zakaz{place}@mail.example", "label": "work"}],
            "city": city["name"],
            "inn": f"00{place:08d}",
            "area": Decimal(dice.randint(20, 400)),
            "origin": dice.choice(["new", "used", "lease", "own"]),
        }
        _put(contact, fields, defined.values(**values))
        yield contact


def _deals(
    number: int, contacts: Sequence[int], people: Sequence[User], defined: Defined, dice: random.Random
) -> Iterator[Deal]:
    fields = definitions.current().fields("deal")
    goods = words.read("sales")["goods"]
    stages = [stage for key, stage in defined.stages.items() if key.startswith("equipment.")]
    today = timezone.now().date()
    for place in range(number):
        sold, stage = dice.choice(goods), dice.choice(stages)
        deal = Deal(
            title=f"{sold['name']} {place}",
            contact_id=dice.choice(contacts),
            stage=stage,
            responsible=dice.choice(people),
            expected_close=today + timedelta(days=dice.randint(-30, 90)),
            probability=stage.probability,
        )
        least, most = sold["price"]
        amount = Decimal(dice.randrange(least, most, 500))
        fields["amount"].set(deal, Money(amount, "RUB"))
        yield deal


def _put(record: Any, fields: dict[str, Field], values: dict[str, Any]) -> None:
    for name, value in values.items():
        fields[name].set(record, value)


def _card(head: User) -> Contact:
    """The card that is opened: with deals, notes, tasks and moves on it."""
    act = Act(Access.of(User.objects.select_related("role", "department").get(pk=head.pk)))
    contact = Contact.objects.filter(responsible=head).latest("id")
    about = f"contact:{contact.id}"
    for number in range(8):
        perform("create", kinds["note"], act, about=about, values={"text": f"Note {number}. " * 12})
    for number in range(3):
        due = (timezone.now() + timedelta(days=number)).strftime("%d.%m.%Y")
        perform("create", kinds["task"], act, about=about, values={"title": f"Task {number}", "due_at": due})
    for number in range(2):
        values = {"title": f"Deal {number}", "contact": str(contact.id), "amount": "100000"}
        perform("create", kinds["deal"], act, values=values)
    return contact


def main(contacts: int, deals: int) -> None:
    """What the filling process runs: prints what was made as one line of JSON."""
    print(json.dumps(asdict(fill(contacts, deals))))
