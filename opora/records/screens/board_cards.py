"""The cards of a board: what each shows, found for all of them at once and in two queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from opora.people import directory
from opora.people.access import Access
from opora.records import definitions, rules, sight
from opora.records.fields import Choice, Field
from opora.records.kinds import Kind
from opora.records.screens.acts import address
from opora.records.screens.cells import due_of
from opora.records.screens.chevrons import stale_days
from opora.records.tags import FIELD as TAGS
from opora.timeline.events import Ref
from opora.ui import formats

LONG_SUM = 10_000_000
MOST_TAGS = 3


@dataclass(frozen=True, slots=True)
class BoardCard:
    """A record as its card on the board: `need` is the first field that its stage asks for and that is empty.

    `stale` is for how many days it has stood in a stage that is meant for fewer, else 0. `at` is its place in the
    order of the column, by which the cards beside it are asked for. `tags` are the first few, `others` how many more.
    """

    id: int
    title: str
    stage_id: int
    version: int
    at: str
    url: str
    who: str
    need: str
    amount: str
    due: formats.Due
    next_step_at: datetime | None
    person: directory.Person | None
    may_move: bool
    stale: int
    tags: Sequence[Choice]
    others: int


class Cards:
    """Makes the cards of one request."""

    def __init__(self, access: Access, kind: Kind, fields: Mapping[str, Field]) -> None:
        self._access, self._kind = access, kind
        self._stages, self._people = definitions.current().stages, directory.people()
        self._fields = list(fields.values())
        tags = fields.get(TAGS)
        self._tags = None if tags is None or tags.is_hidden else tags
        self._base, self._today = address(kind), timezone.localdate()
        self._asked: dict[int, list[Field]] = {}

    def of(self, records: Iterable[Any]) -> dict[int, BoardCard]:
        """The cards of records by id, in their order."""
        shown = list(records)
        owners = {record.id: next(iter(self._kind.parents(record)), None) for record in shown}
        titles = sight.titles(self._access, [ref for ref in owners.values() if ref])
        movable = sight.reached(self._access, self._kind, "edit", [r for r in shown if not r.is_trashed])
        nobody = Ref("", 0)
        return {
            record.id: self._card(record, titles.get(owners[record.id] or nobody, ""), record.id in movable)
            for record in shown
        }

    def _card(self, record: Any, who: str, may_move: bool) -> BoardCard:
        stage = self._stages.get(record.stage_id or 0)
        asked = self._asked_at(record.stage_id)
        lacking = rules.lacking(asked, record, record.stage_id) if asked else ()
        tags = self._tags_of(record)
        return BoardCard(
            record.id,
            record.title,
            record.stage_id,
            record.version,
            f"{record.stamp}.{record.id}",
            f"{self._base}{record.id}/",
            who,
            lacking[0].shown_label if lacking else "",
            amount_of(record),
            step_of(record, self._today),
            record.next_step_at,
            self._people.get(record.responsible_id),
            may_move,
            stale_days(record, stage) if stage and stage.stale_days is not None else 0,
            tags[:MOST_TAGS],
            max(0, len(tags) - MOST_TAGS),
        )

    def _asked_at(self, stage_id: int) -> list[Field]:
        """The fields that a stage asks for, looked for once."""
        found = self._asked.get(stage_id)
        if found is None:
            found = [field for field in self._fields if rules.is_required(field, stage_id)]
            self._asked[stage_id] = found
        return found

    def _tags_of(self, record: Any) -> Sequence[Choice]:
        if self._tags is None or not (worn := self._tags.get(record)):
            return ()
        return [choice for number in worn if (choice := self._tags.choice(number))]


def amount_of(record: Any) -> str:
    """The sum of a card; tens of millions stand short, so that a narrow column holds them."""
    amount = getattr(record, "amount", None)
    if amount is None:
        return ""
    say = formats.short_money if amount >= LONG_SUM else formats.money
    return say(amount, record.currency)


def step_of(record: Any, today: Any) -> formats.Due:
    """When the next step is due, in the short words of a board."""
    due = due_of(record, record.next_step_at)
    if due.kind or record.next_step_at is None:
        return due
    days = (formats.local(record.next_step_at).date() - today).days
    return due if days <= 1 else formats.Due(formats.short_day(record.next_step_at), "")
