"""What a stage asks for: fields, points to do, who may move records in, how long is too long (U04, U05)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Invalid, NotFound
from opora.kit.ids import new_id
from opora.kit.text import clean
from opora.people import circles, directory
from opora.people.access import Access
from opora.records import definitions, places
from opora.records.fields import Field
from opora.records.kinds import Kind
from opora.records.models import Stage
from opora.records.rules import BY_OWN_ACTION
from opora.records.settings_log import note
from opora.timeline.events import Ref

MOST_POINTS, POINT_LENGTH = 30, 150
MOST_DAYS = 3650


@dataclass(frozen=True)
class StageRules:
    """What a form about a stage's rules says. `points` are the lines of the checklist, `days` as typed."""

    needs: Collection[str] = ()
    movers: Collection[int] = ()
    points: Sequence[str] = ()
    days: str = ""
    asks_reason: bool = True
    takes_out: bool = False


def offered(kind: Kind) -> list[Field]:
    """The fields that a stage may ask for: those a person fills."""
    fields = definitions.current().fields(kind.name).values()
    return [f for f in fields if f.writable and f.section and f.name not in BY_OWN_ACTION]


def principals() -> list[tuple[int, str]]:
    """Who may be named as those who move records in: groups, then people."""
    groups = [(group.id, group.name) for group in circles.all_of(circles.GROUP)]
    return groups + [(person.id, person.name) for person in directory.active()]


def change_rules(access: Access, kind: Kind, stage_id: int, asked: StageRules) -> Stage:
    """Set what a stage asks for. Raises `NotFound`, or `Invalid` for a field, person, point or number that is none."""
    with transaction.atomic():
        stage = Stage.objects.select_for_update().filter(pk=stage_id).first()
        if stage is None:
            raise NotFound()
        new: dict[str, Any] = {
            "needs": _needs(kind, asked.needs),
            "movers": _movers(asked.movers),
            "checklist": points(stage.checklist or (), asked.points),
            "stale_days": None if stage.group in ("won", "lost") else _days(asked.days),
            "asks_reason": asked.asks_reason,
            "takes_out": asked.takes_out and may_take_out(kind, stage.group),
        }
        changes = {name: [getattr(stage, name), value] for name, value in new.items()}
        for name, value in new.items():
            setattr(stage, name, value)
        stage.save(update_fields=[*new])
        note(access, "stage.changed", Ref("stage", stage.id), changes)
    return stage


def may_take_out(kind: Kind, group: str) -> bool:
    """Whether a stage of this group may take records out of every list: where the way of a client ends (N20)."""
    return group == "lost" and places.can_leave(kind)


def _needs(kind: Kind, names: Collection[str]) -> list[str]:
    known = {field.name for field in offered(kind)}
    if set(names) - known:
        raise Invalid({"needs": _("Choose one of the list.")})
    return sorted(set(names))


def _movers(ids: Collection[int]) -> list[int]:
    if set(ids) - {number for number, _name in principals()}:
        raise Invalid({"movers": _("Choose one of the list.")})
    return sorted(set(ids))


def _days(text: str) -> int | None:
    plain = text.strip()
    if not plain or plain == "0":
        return None
    if not (plain.isascii() and plain.isdigit() and len(plain) < 6 and int(plain) <= MOST_DAYS):
        raise Invalid({"days": _("A whole number of days, at most 3650.")})
    return int(plain)


def points(before: Sequence[dict[str, str]], lines: Sequence[str]) -> list[dict[str, str]]:
    """The checklist of these lines; a point that stays, or whose words are mended in place, keeps its id and ticks.

    Raises `Invalid` for too many points or one too long.
    """
    texts = list(
        dict.fromkeys(
            text for line in lines if (text := clean(line, POINT_LENGTH, field="checklist").strip())
        )
    )
    if len(texts) > MOST_POINTS:
        raise Invalid({"checklist": _("At most 30 points.")})
    known = {item["text"]: item["id"] for item in before}
    left = [item["id"] if item["text"] not in texts else "" for item in before]
    found = []
    for place, text in enumerate(texts):
        mended = left[place] if len(texts) == len(before) else ""
        found.append({"id": known.get(text) or mended or str(new_id()), "text": text})
    return found
