"""What the demo firm has defined for itself: processes, stages, sections, own fields, views."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.timezone import localdate

from opora.demo import words
from opora.records import definitions
from opora.records.models import CurrencyRate, ListEntry, OwnField, Process, SavedView, Section, Stage

RATES = {"UZS": Decimal("0.006667"), "USD": Decimal("81.5"), "EUR": Decimal("94.2")}
"""Roubles for a unit, roughly: believable sums are enough here."""


@dataclass(frozen=True)
class Defined:
    """Stages by `process.stage`, own fields' names by their key in the words."""

    stages: Mapping[str, Stage]
    fields: Mapping[str, str]

    def values(self, **given: Any) -> dict[str, Any]:
        """Values by the keys of the words, as an action takes them; keys of built-in fields stay."""
        return {self.fields.get(key, key): value for key, value in given.items()}


def define(group_id: int) -> Defined:
    """Make the definitions in the entered project; a section that is limited is open to that group."""
    stages = _processes()
    fields = _sections(stages, group_id)
    _views(fields)
    _reasons()
    _lists()
    _rates()
    definitions.changed()
    return Defined(stages, fields)


def _processes() -> dict[str, Stage]:
    made: dict[str, Stage] = {}
    for number, row in enumerate(words.read("definitions")["processes"]):
        process = Process.objects.create(
            kind=row["kind"], name=row["name"], names=row["names"], position=number
        )
        for place, stage in enumerate(row["stages"]):
            made[f"{row['key']}.{stage['key']}"] = Stage.objects.create(
                process=process,
                name=stage["name"],
                names=stage["names"],
                group=stage["group"],
                color=stage["color"],
                probability=stage.get("probability", 0),
                position=place,
                checklist=[
                    {"id": f"{stage['key']}{number}", "text": text}
                    for number, text in enumerate(stage.get("checklist", ()))
                ],
                stale_days=stage.get("stale_days"),
                takes_out=stage.get("takes_out", False),
            )
    return made


def _reasons() -> None:
    """Why deals are lost, as the firm lists it."""
    for place, row in enumerate(words.read("definitions")["reasons"]):
        ListEntry.objects.create(kind="deal", field="reason", position=place, **row)


def _lists() -> None:
    """The tags and temperatures of the firm's clients."""
    for field, rows in words.read("definitions")["lists"].items():
        for place, row in enumerate(rows):
            ListEntry.objects.create(kind="contact", field=field, position=place, **row)


def listed(history: Any, field: str, number: int = 1) -> list[str]:
    """Some names of one of these lists."""
    names = [row["name"] for row in words.read("definitions")["lists"][field]]
    return list(history.dice.sample(names, number))


def _rates() -> None:
    """What the currencies of the firm's clients cost in roubles."""
    for code, value in RATES.items():
        CurrencyRate.objects.create(code=code, base="RUB", day=localdate(), value=value, source="hand")


def _sections(stages: Mapping[str, Stage], group_id: int) -> dict[str, str]:
    made: dict[str, str] = {}
    for number, row in enumerate(words.read("definitions")["sections"]):
        section = Section.objects.create(
            kind=row["kind"],
            name=row["name"],
            names=row["names"],
            position=number,
            groups=[group_id] if row.get("groups") else [],
        )
        for place, field in enumerate(row["fields"]):
            made[field["key"]] = _field(section, field, place, stages).name
    return made


def _field(section: Section, row: Mapping[str, Any], place: int, stages: Mapping[str, Stage]) -> OwnField:
    required_from = row.get("required_from")
    return OwnField.objects.create(
        kind=section.kind,
        section=section,
        type=row["type"],
        label=row["label"],
        labels=row["labels"],
        hint=row.get("hint", ""),
        required_from=stages[f"clients.{required_from}"] if required_from else None,
        is_one_time=row.get("is_one_time", False),
        is_sortable=row.get("is_sortable", False),
        only=row.get("only", ""),
        options={"choices": row["choices"]} if "choices" in row else {},
        position=place,
    )


def _views(fields: Mapping[str, str]) -> None:
    """Views shared by all. `@key` in a condition or a column names an own field."""

    def named(text: str) -> str:
        key, point, rest = text.removeprefix("@").partition(".")
        return fields[key] + point + rest if text.startswith("@") else text

    for number, row in enumerate(words.read("definitions")["views"]):
        query: dict[str, Any] = {"f": [named(text) for text in row["conditions"]]}
        if "columns" in row:
            query["cols"] = [named(text) for text in row["columns"]]
        if "sort" in row:
            query["sort"] = row["sort"]
        SavedView.objects.create(
            kind=row["kind"],
            name=row["name"],
            names=row["names"],
            query=query,
            is_pinned=row.get("is_pinned", False),
            position=number,
        )
