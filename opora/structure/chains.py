"""The steps by which the compiler came to its answer, as an administrator reads them."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from opora.people import directory, rights
from opora.people.access import Access
from opora.people.models import User
from opora.people.rules import All, Everyone, Nothing, OwnerIn, Rule, SharedWith, Unassigned
from opora.records.kinds import Kind


@dataclass(frozen=True)
class Step:
    """A line of the chain. `state` is "end" for the answer yes, "no" for no."""

    icon: str
    title: str
    text: str = ""
    url: str = ""
    state: str = ""


def chain(access: Access, person: User, kind: Kind, record: Any) -> list[Step]:
    """The person, the role's scope, every reason of the compiled tree with its outcome, and the answer."""
    shares = rights.shares_of(kind.name, record.pk)
    rule = rights.compiled(access, kind.name)
    reasons = [(part, part.holds(record, shares)) for part in rule.parts()]
    steps = [_person(person), _role(access, person, kind), _owner(record)]
    steps += [_reason(part, holds) for part, holds in reasons if not isinstance(part, Nothing)]
    sees = any(holds for _part, holds in reasons)
    return [
        *steps,
        Step("eye", _("Sees it") if sees else _("Does not see it"), state="end" if sees else "no"),
    ]


def _person(person: User) -> Step:
    places = [str(person.department or ""), str(person.branch or "")]
    where = ", ".join(place for place in places if place)
    return Step("user", person.name, where, reverse("people:user", args=[person.pk]))


def _role(access: Access, person: User, kind: Kind) -> Step:
    if kind.name in access.closed:
        return Step("lock", _("The module “%(name)s” is closed to this person") % {"name": kind.label_plural})
    words = {
        "role": person.role,
        "kind": kind.label_plural,
        "scope": access.scope(kind.name, "see").label,
    }
    title = _("Role “%(role)s”: %(kind)s, see: %(scope)s") % words
    return Step("shield-check", title, url=reverse("structure:role", args=[person.role_id]))


def _owner(record: Any) -> Step:
    name = directory.name_of(record.responsible_id)
    return Step("users", _("Responsible: %(name)s") % {"name": name} if name else _("Nobody is responsible"))


def _reason(rule: Rule, holds: bool) -> Step:
    yes, no = _("yes"), _("no")
    words = {
        All: _("The scope has no border"),
        OwnerIn: _("The responsible person is within the scope"),
        Unassigned: _("Takes new records, and nobody is responsible"),
        Everyone: _("The record is open to everyone"),
        SharedWith: _("The record is shared with the person or a group of the person"),
    }
    return Step("check" if holds else "x", words[type(rule)], yes if holds else no)
