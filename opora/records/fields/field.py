"""One field of a kind, built-in or own."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import F, Func, TextField
from django.utils.functional import Promise

from opora.records.words import in_language

if TYPE_CHECKING:
    from opora.records.fields.types.base import FieldType
    from opora.records.models import Record

OWN_NAME = re.compile(r"^f\d{1,19}$")


@dataclass(frozen=True)
class Choice:
    """One option of a selector. `id` is what is stored; the label may be renamed at any time.

    One that `is_gone` is shown where it was chosen and chosen no more.
    """

    id: str
    label: str
    labels: Mapping[str, str] = field(default_factory=dict)
    color: str = ""
    is_gone: bool = False

    @property
    def shown(self) -> str:
        """The label in the reader's language."""
        return in_language(self.label, self.labels)


class OwnKey(Func):
    """The folded key of an own field, as the run-time indexes spell it, so that both databases use them."""

    output_field = TextField()
    arity = 1

    def __init__(self, name: str) -> None:
        if not OWN_NAME.match(name):
            raise ValueError(f"{name!r} is no own field's name")
        self.name = name
        super().__init__(F("keys"))

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return super().as_sql(
            compiler, connection, template=f"json_extract(%(expressions)s, '$.{self.name}')", **extra
        )

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return super().as_sql(
            compiler, connection, template=f"""((%(expressions)s ->> '{self.name}') COLLATE "C")""", **extra
        )


class OwnValue(Func):
    """The stored JSON of an own field as text, read only where values are counted or converted."""

    output_field = TextField()
    arity = 1

    def __init__(self, name: str) -> None:
        if not OWN_NAME.match(name):
            raise ValueError(f"{name!r} is no own field's name")
        self.name = name
        super().__init__(F("values"))

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return super().as_sql(compiler, connection, template=f"(%(expressions)s -> '$.{self.name}')", **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return super().as_sql(
            compiler, connection, template=f"((%(expressions)s -> '{self.name}')::text)", **extra
        )


@dataclass(frozen=True)
class Field:
    """What a kind's field is, for everyone who shows, asks, checks or writes it.

    `column` is the attribute of a built-in field; an own field has none and lives in `values[name]`.
    `key_column` names the folded column of a built-in text. `writable` is False for what the system fills; `auto_at`
    is the stage on whose first entry it does (U07). `is_hidden` says that the project took a built-in field out of its
    pages; one that is `is_fixed` stays in them, since without it nothing names a record. `only` is the sort of records
    it is asked of, empty for all (`Kind.sort_field`).
    """

    name: str
    type: "FieldType"
    label: str | Promise
    kind: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    section: str = ""
    column: str = ""
    key_column: str = ""
    is_required: bool = False
    required_from: int | None = None
    is_one_time: bool = False
    writable: bool = True
    auto_at: int | None = None
    is_hidden: bool = False
    is_fixed: bool = False
    default: Any = None
    hint: str | Promise = ""
    choices: tuple[Choice, ...] = ()
    is_filterable: bool = True
    is_sortable: bool = True
    max_length: int = 255
    position: int = 0
    groups: tuple[int, ...] = ()
    only: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_own(self) -> bool:
        """Whether the project added it."""
        return not self.column

    @property
    def can_hide(self) -> bool:
        """Whether a project may take this built-in field out of its pages: not where it is required anyway."""
        return not self.is_own and not self.is_required and not self.is_fixed

    @property
    def shown_label(self) -> str:
        """The label in the reader's language."""
        return in_language(str(self.label), self.labels)

    def get(self, record: "Record") -> Any:
        """The field's value on a record, as its type works with it."""
        if self.column:
            return self.type.get_column(record, self.column)
        return self.type.load(record.values.get(self.name))

    def set(self, record: "Record", value: Any) -> None:
        """Put a parsed value on a record; an own field's folded key goes with it."""
        if self.column:
            self.type.set_column(record, self.column, value)
            return
        _put(record.values, self.name, self.type.dump(value))
        key = None if self.type.is_multiple else self.type.key(value)
        _put(record.keys, self.name, key if self.is_filterable or self.is_sortable else None)

    def show(self, record: "Record") -> str:
        """The value as a person reads it."""
        return self.type.show(self.get(record), self)

    def expression(self) -> F | Func:
        """What the database compares and sorts by."""
        if self.column:
            return F(self.key_column or self.column)
        return OwnKey(self.name)

    def choice(self, choice_id: str) -> Choice | None:
        """The option of that id."""
        return next((c for c in self.choices if c.id == choice_id), None)


def _put(document: dict[str, Any], name: str, value: Any) -> None:
    if value is None:
        document.pop(name, None)
    else:
        document[name] = value
