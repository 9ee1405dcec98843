"""A page of a list: visible records, filtered, ordered, found by key and not by offset (R17.02)."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import (
    BooleanField,
    CharField,
    DateField,
    DecimalField,
    F,
    FloatField,
    IntegerField,
    Q,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.expressions import F as Column
from django.db.models.expressions import Func
from django.db.models.lookups import (
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    IsNull,
    LessThan,
    LessThanOrEqual,
)
from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Invalid
from opora.people.access import Access
from opora.records import search, sight, walk
from opora.records.conditions import Condition, where
from opora.records.fields import Field
from opora.records.fields.types import Asker
from opora.records.kinds import Kind
from opora.records.places import Place
from opora.records.places import where as standing_in

PAGE = 50
LARGEST_PAGE = 200
COUNT_CAP = 1000


@dataclass(frozen=True)
class Asked:
    """What a list is asked for: conditions, words to find (`q`), order (`-stamp`, `title`, `f7`), where to go on.

    `place` is where its records stand: in the lists, in the trash, aside.
    """

    conditions: Sequence[Condition] = ()
    sort: str = "-stamp"
    after: str = ""
    limit: int = PAGE
    place: Place = Place.LISTS
    q: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether it is the list as it opens: the newest, nothing narrowed, from the beginning."""
        return self.sort == "-stamp" and self.place is Place.LISTS and not self._narrows

    @property
    def _narrows(self) -> bool:
        return bool(self.conditions or self.after or self.q)


@dataclass
class Page:
    """The records of a page and the cursor of the next one, empty at the end."""

    records: list[Any]
    next: str = ""
    sort: str = ""
    conditions: Sequence[Condition] = field(default_factory=tuple)


def page(access: Access, kind: Kind, fields: Mapping[str, Field], asked: Asked, asker: Asker) -> Page:
    """One page of the records a person sees, at most `LARGEST_PAGE`, in at most two statements.

    Raises `Invalid` for unknown fields, operators and cursors.
    """
    order, after = Order.read(asked.sort, fields), Cursor.read(asked.after)
    limit = max(1, min(asked.limit, LARGEST_PAGE))
    if asked.is_plain and not kind.seen_through:
        found = walk.first(access, kind, trashed=False, limit=limit + 1)
    elif asked.sort == "-stamp" and not kind.seen_through:
        narrow = narrowed(access, kind, fields, asked, asker) & standing_in(kind, asked.place)
        found = list(walk.newest(access, kind, narrow & order.bound(after), limit + 1))
    else:
        rows, is_tested = _sortable(access, kind, fields, asked, asker, limit + 1)
        found = order.take(rows, after, limit + 1, ids_first=is_tested)
    more = found[limit - 1] if len(found) > limit else None
    return Page(found[:limit], order.cursor(more) if more is not None else "", asked.sort, asked.conditions)


def matching(
    access: Access, kind: Kind, fields: Mapping[str, Field], asked: Asked, asker: Asker
) -> QuerySet[Any]:
    """All visible records that meet the conditions, unordered."""
    records = sight.visible(access, kind, trashed=None).filter(standing_in(kind, asked.place))
    return records.filter(narrowed(access, kind, fields, asked, asker)).order_by()


def _sortable(
    access: Access, kind: Kind, fields: Mapping[str, Field], asked: Asked, asker: Asker, limit: int
) -> tuple[QuerySet[Any], bool]:
    """The same rows, spelled so that the first of them in any order are found quickly, and whether each is tested."""
    if kind.seen_through:
        return matching(access, kind, fields, asked, asker), False
    records, is_tested = walk.sortable(access, kind, limit)
    narrow = narrowed(access, kind, fields, asked, asker) & standing_in(kind, asked.place)
    return records.filter(narrow), is_tested


def narrowed(access: Access, kind: Kind, fields: Mapping[str, Field], asked: Asked, asker: Asker) -> Q:
    """The conditions and the words to find, as one filter.

    A condition that names a record the person does not see is met by nothing: else it would tell what stands on it.
    """
    found = where(asked.conditions, fields, asker)
    if not _names_what_is_seen(access, fields, asked):
        return Q(pk__in=[])
    return found & Q(pk__in=search.found_ids(access, kind, asked.q)) if asked.q else found


def _names_what_is_seen(access: Access, fields: Mapping[str, Field], asked: Asked) -> bool:
    named = [
        (fields[c.field], c.value)
        for c in asked.conditions
        if fields[c.field].type.name == "record" and c.value
    ]
    refs = {ref for field, value in named for ref in field.type.refs(field.type.parse(value, field), field)}
    return not refs or sight.visible_refs(access, refs) == refs


def capped_count(records: QuerySet[Any]) -> int:
    """How many there are, counting no further than one past the cap."""
    return records.order_by().values("pk")[: COUNT_CAP + 1].count()


@dataclass(frozen=True)
class Cursor:
    """The last row of the page before: its value and id; `value` None means rows without a value have begun."""

    value: Any
    id: int
    is_set: bool = True

    @classmethod
    def read(cls, text: str) -> "Cursor":
        """The cursor from an address. Raises `Invalid` when it was not made here."""
        if not text:
            return cls(None, 0, is_set=False)
        try:
            value, number = json.loads(urlsafe_b64decode(text.encode()))
            return cls(_unpack(value), int(number))
        except (ValueError, TypeError, KeyError):
            raise Invalid(
                {"after": _("This link has expired. Open the list again.")}, code="bad_cursor"
            ) from None

    def __str__(self) -> str:
        return urlsafe_b64encode(json.dumps([_pack(self.value), str(self.id)]).encode()).decode()


def _pack(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    return {"n": str(value)} if isinstance(value, Decimal) else value


def _unpack(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    ((letter, text),) = value.items()
    readers: dict[str, Callable[[str], Any]] = {
        "t": datetime.fromisoformat,
        "d": date.fromisoformat,
        "n": Decimal,
    }
    return readers[letter](text)


class HasValue(Func):
    """That an expression has a value. SQLite begins behind the rows without one only when it may compare.

    Half a million contacts without a value took 80 ms to pass. Numbers come before texts, moments are texts.
    """

    arity = 1
    output_field = BooleanField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        kept = self.source_expressions[0].output_field
        if isinstance(kept, CharField | TextField | DateField):
            return self.as_sql(compiler, connection, template="%(expressions)s >= ''", **extra)
        if isinstance(kept, DecimalField | FloatField | IntegerField):
            return self.as_sql(compiler, connection, template="%(expressions)s >= -9e999", **extra)
        return self.as_postgresql(compiler, connection, **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="%(expressions)s IS NOT NULL", **extra)


@dataclass(frozen=True)
class Order:
    """An order by one expression and the id, missing values last, either way up."""

    expression: Column | Func
    is_down: bool
    can_miss: bool

    @classmethod
    def read(cls, sort: str, fields: Mapping[str, Field]) -> "Order":
        """The order an address names. Raises `Invalid` for a field that is unknown, closed or not sortable."""
        name, is_down = sort.removeprefix("-"), sort.startswith("-")
        if name == "stamp":
            return cls(F("stamp"), is_down, can_miss=False)
        chosen = fields.get(name)
        if chosen is None or not chosen.is_sortable or chosen.type.is_multiple:
            raise Invalid({name: _("There is no such field.")}, code="unknown_field")
        can_miss = chosen.name not in ("title", "created_at")
        return cls(chosen.expression(), is_down, can_miss)

    def take(
        self, records: QuerySet[Any], after: Cursor, limit: int, *, ids_first: bool = False
    ) -> list[Any]:
        """The next rows: those with a value in order, then those without one.

        `ids_first` finds them in indexes alone and then reads whole rows, which are wide: for records that are tested.
        """
        in_missing = after.is_set and after.value is None
        found: list[Any] = []
        if not in_missing:
            valued = records.filter(HasValue(self.expression)) if self.can_miss else records
            found = self._first(self._beyond(valued, after), self._order(), limit, ids_first)
        if self.can_miss and len(found) < limit:
            missing = records.filter(IsNull(self.expression, True))
            if in_missing:
                missing = missing.filter(pk__gt=after.id)
            found += self._first(missing, ["pk"], limit - len(found), ids_first)
        return found

    def cursor(self, record: Any) -> str:
        """The cursor behind a row that `take` returned."""
        value = record._order if hasattr(record, "_order") else record.stamp
        return str(Cursor(value, record.pk))

    def _first(self, rows: QuerySet[Any], order: Sequence[Any], limit: int, ids_first: bool) -> list[Any]:
        if ids_first:
            rows = rows.model._default_manager.filter(pk__in=rows.order_by(*order).values("pk")[:limit])
        return list(rows.annotate(_order=self.expression).order_by(*order)[:limit])

    def _order(self) -> list[Any]:
        return [self.expression.desc(), "-pk"] if self.is_down else [self.expression.asc(), "pk"]

    def _beyond(self, rows: QuerySet[Any], after: Cursor) -> QuerySet[Any]:
        return rows.filter(self.bound(after))

    def bound(self, after: Cursor) -> Q:
        """The condition of rows past the cursor. SQLite seeks only with a bound on the expression standing alone."""
        if not after.is_set:
            return Q()
        here = Value(after.value)
        past, reached = (LessThan, LessThanOrEqual) if self.is_down else (GreaterThan, GreaterThanOrEqual)
        bound = past(self.expression, here)
        tie = Q(Exact(self.expression, here)) & (Q(pk__lt=after.id) if self.is_down else Q(pk__gt=after.id))
        return Q(reached(self.expression, here)) & (Q(bound) | tie)
