"""The field matrix (R15.04): a section limited to a group, with a field of every type that can be hidden, in any kind.

Nothing here names a kind or a field type: what is registered later is hidden, read and written by the same tests.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from opora.people.models import Group, User
from opora.records import definitions
from opora.records.actions import perform
from opora.records.kinds import Kind
from opora.records.models import OwnField, Section
from opora.records.operations import Act
from tests.kits.objects import exists
from tests.people import access

SECRET = "кизиловник"
NUMBER = 7_734_519
LABEL, SECTION = "Скрытоеполе", "Скрытыйраздел"
TYPES: Mapping[str, Any] = {
    "text": SECRET,
    "long_text": SECRET,
    "number": str(NUMBER),
    "email": "kizil@7734519.example",
}
ABSENT = "f17"


@dataclass(frozen=True)
class Hidden:
    """The fields of a limited section by their types."""

    kind: Kind
    names: Mapping[str, str]

    @property
    def text(self) -> str:
        """The name of the hidden text."""
        return self.names["text"]


def limit(kind: Kind, group: Group) -> Hidden:
    """Give a kind a section that only the group has, with a field of each type in it."""
    section = Section.objects.create(kind=kind.name, name=SECTION, position=90, groups=[group.pk])
    rows = {
        name: OwnField.objects.create(
            kind=kind.name, section=section, type=name, label=f"{LABEL}{at}", position=at, is_sortable=True
        )
        for at, name in enumerate(TYPES)
    }
    definitions.changed()
    return Hidden(kind, {name: row.name for name, row in rows.items()})


def fill(writer: User, hidden: Hidden, record: Any) -> None:
    """Write the hidden values into a record, as one who may."""
    values = {hidden.names[name]: value for name, value in TYPES.items()}
    perform("edit", hidden.kind, Act(access(writer)), [record.pk], values=values)


def traces(text: str) -> list[str]:
    """What of the hidden section stands in an answer: values, labels, the section's name."""
    plain = text.casefold()
    return [word for word in (SECRET, str(NUMBER), "7734519", LABEL, SECTION) if word.casefold() in plain]


def reads(hidden: Hidden, record: Any) -> Iterator[str]:
    """Every road that reads a field, beside the pages of the route table."""
    url, name = hidden.kind.url, hidden.text
    page = f"/{url}/list/" if exists(f"/{url}/list/") else f"/{url}/"
    yield from (f"{page}?f=", f"{page}?f=&q={SECRET}", f"{page}?f=&open=filter", f"{page}?f=&open=columns")
    yield from (f"/search/?q={SECRET}", f"/api/v1/search?q={SECRET}", f"/api/v1/search?q={NUMBER}")
    yield from (f"/api/v1/{url}", f"/api/v1/{url}?q={SECRET}", f"/api/v1/{url}/{record.pk}")
    yield from (f"/{url}/{record.pk}/{rest}" for rest in ("", "feed/", "peek/", "access/"))
    yield from (
        "/api/v1/openapi.json",
        "/api/v1/definitions",
        f"/{url}/new/",
        f"/api/v1/{url}/{record.pk}/feed",
    )
    yield f"/{url}/condition/?n=0&field={name}"


def asked_by_name(hidden: Hidden, name: str) -> Iterator[str]:
    """Reading roads that take the name of a field: filter, order, column, fields of the API."""
    url = hidden.kind.url
    page = f"/{url}/list/" if exists(f"/{url}/list/") else f"/{url}/"
    for base in (page, f"/api/v1/{url}"):
        yield f"{base}?f={name}.has:{SECRET[:4]}"
        yield f"{base}?f={name}.filled:"
        yield f"{base}?sort={name}"
        yield f"{base}?sort=-{name}"
    yield f"{page}?cols={name}"
    yield f"/{url}/counts/?f={name}.filled:"
    yield f"/api/v1/{url}?fields={name}"


def written_by_name(hidden: Hidden, record: Any, name: str) -> Iterator[tuple[str, str, Any]]:
    """Writing roads that take the name of a field: method, address, body (JSON for the API)."""
    url = hidden.kind.url
    yield "GET", f"/{url}/{record.pk}/fields/{name}/", {}
    yield "POST", f"/{url}/{record.pk}/fields/{name}/", {name: "иначе"}
    yield "GET", f"/{url}/{record.pk}/fields/{name}/?as=cell", {}
    yield "POST", f"/{url}/{record.pk}/fields/{name}/?as=cell", {name: "иначе"}
    yield "PATCH", f"/api/v1/{url}/{record.pk}", {name: "иначе"}
    yield "POST", f"/api/v1/{url}", {name: "иначе"}
