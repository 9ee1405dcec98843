"""Kinds of record: what an app says about its contacts, deals or tasks, and everything generic asks for."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opora.kit.errors import NotFound
from opora.kit.registry import Registry
from opora.people import rights
from opora.people.access import Access
from opora.records.fields import Field, types
from opora.records.models import Record
from opora.timeline.events import Ref

R = TypeVar("R", bound=Record)


def no_parents(record: Record) -> list[Ref]:
    """A kind that stands on no other record."""
    return []


def nothing_foreign(record: Record) -> Collection[str]:
    """A kind whose fields all concern each of its records."""
    return ()


def not_narrowed(access: Access) -> Q:
    """Whoever sees the card sees all of the kind on it."""
    return Q()


@dataclass(frozen=True)
class BuiltinSection:
    """A section of the card that the kind brings itself."""

    name: str
    label: str | Promise


@dataclass(frozen=True, eq=False)
class Kind:
    """What a kind of record is.

    `parents` gives the cards a record belongs to (a deal's contact, a task's deal): its events appear in their
    feeds. A kind with `seen_through` has no rights of its own: whoever sees the record named in its `about_kind`
    and `about_id` columns, of one of these kinds, sees it, as far as `narrowed` leaves it. `foreign` names the fields
    that do not concern a record (a company has no first name): they are never asked for. `sort_field` names the choice
    that parts its records into sorts; a project may ask a field of one sort alone, but not one of `sort_fixed`.
    """

    name: str
    model: type[Record]
    label: str | Promise
    label_plural: str | Promise
    icon: str
    url: str
    fields: tuple[Field, ...]
    sections: tuple[BuiltinSection, ...] = (BuiltinSection("main", _("Main")),)
    default_columns: tuple[str, ...] = ()
    default_sort: str = "-stamp"
    default_share: str = "none"
    has_stages: bool = False
    has_search: bool = True
    parents: Callable[[Any], Sequence[Ref]] = no_parents
    foreign: Callable[[Any], Collection[str]] = nothing_foreign
    sort_field: str = ""
    sort_fixed: tuple[str, ...] = ()
    seen_through: tuple[str, ...] = ()
    narrowed: Callable[[Access], Q] = not_narrowed
    search_text: Callable[[Any], Mapping[str, str]] | None = None
    initial: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name

    def ref(self, record: Record) -> Ref:
        """The record named by kind and id."""
        return Ref(self.name, record.id)


kinds: Registry[Kind] = Registry("kind")


def register(kind: Kind) -> Kind:
    """Make a kind known, to the rights compiler too; without this no record of it is readable (R2.03)."""
    kind.model.kind_name = kind.name
    rights.declare_kind(kind.name, kind.default_share)
    return kinds.register(kind.name, kind)


def kind_named(name: str) -> Kind:
    """The kind of that name. Raises `NotFound` for a name that came from outside and is none."""
    kind = kinds.get(name)
    if kind is None:
        raise NotFound()
    return kind


def kind_of(record: Record) -> Kind:
    """The kind of a loaded record."""
    return kinds[type(record).kind_name]


def builtin(name: str, type_name: str, label: str | Promise, **options: Any) -> Field:
    """A built-in field of a kind; its column is called like the field unless `column` says otherwise."""
    options.setdefault("column", name)
    options.setdefault("section", "main")
    return Field(name=name, type=types[type_name], label=label, **options)


def common_fields(**changed: Field) -> tuple[Field, ...]:
    """The fields that every kind has beside its own; `changed` replaces some by name."""
    fields = {
        "responsible": builtin("responsible", "user", _("Responsible")),
        "next_step_at": builtin("next_step_at", "moment", _("Next step"), writable=False),
        "created_at": builtin("created_at", "moment", _("Created"), writable=False, section=""),
        "updated_at": builtin(
            "updated_at", "moment", _("Changed"), writable=False, section="", is_sortable=False
        ),
    }
    return tuple({**fields, **changed}.values())
