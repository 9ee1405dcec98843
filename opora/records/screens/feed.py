"""A card's history as it is read: by day, newest first, a sentence an event."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opora.people import directory
from opora.people.access import Access
from opora.people.directory import Person
from opora.records import feed as rows
from opora.records.kinds import kinds
from opora.records.screens.acts import address
from opora.records.sentences import EVERYTHING, Sentence, events_of, sentence_of
from opora.timeline.events import Ref
from opora.ui import formats

PAGE = 30
LARGEST = 210
FILTERS = {
    "": gettext_lazy("Everything"),
    "note": gettext_lazy("Notes"),
    "task": gettext_lazy("Tasks"),
    "file": gettext_lazy("Files"),
    "change": gettext_lazy("Changes"),
}
BY_ITSELF = {
    "system": gettext_lazy("The system"),
    "lead": gettext_lazy("A form on the site"),
    "import": gettext_lazy("An import"),
}


@dataclass(frozen=True)
class Line:
    """An event of the feed. `link` and `title` name another record than the card's own; `day` begins a new day."""

    row: rows.Row
    sentence: Sentence
    actor: Person | None
    who: str
    changes: Sequence[rows.Change]
    body: str
    files: Sequence[Mapping[str, Any]]
    title: str
    link: str
    day: str

    @property
    def is_plain(self) -> bool:
        """Whether the words of the sentence name the first change already, so that its field needs no label."""
        shows = self.sentence.shows
        return (
            bool(self.changes)
            and tuple(shows) != EVERYTHING
            and self.changes[0].field.name == next(iter(shows), "")
        )


@dataclass(frozen=True)
class History:
    """A page of a feed: its lines, how many are shown with it, and where the next page begins (None at the end)."""

    lines: Sequence[Line]
    next: int | None
    last_day: str
    filter: str


def history(
    access: Access,
    of: Ref,
    *,
    chosen: str = "",
    before: int | None = None,
    limit: int = PAGE,
    day: str = "",
    known: rows.Known = None,
) -> History:
    """A page of a card's history. `chosen` is one of `FILTERS`, `day` the ISO day that already has its heading."""
    found, following = rows.feed(
        access, of, before=before, limit=min(limit, LARGEST), names=_names(chosen), known=known
    )
    lines, last = [], day
    for row in found:
        here = timezone.localtime(row.event.at).date().isoformat()
        lines.append(_line(of, row, heading(date.fromisoformat(here)) if here != last else ""))
        last = here
    return History(lines, following, last, chosen)


def _names(chosen: str) -> list[str]:
    if not chosen:
        return []
    if chosen == "change":
        return events_of(*(kind.name for kind in kinds if kind.name not in FILTERS))
    return events_of(chosen) if chosen in FILTERS else []


def _line(of: Ref, row: rows.Row, day: str) -> Line:
    sentence = sentence_of(row.event.name)
    subject = Ref(row.event.subject_kind, row.event.subject_id)
    is_other = subject != of
    body = sentence.body(row.record) if sentence.body and not row.record.is_trashed else ""
    files = sentence.files(row.record) if sentence.files and not row.record.is_trashed else ()
    named = is_other and not body and not files
    return Line(
        row=row,
        sentence=sentence,
        actor=directory.person(row.event.actor_id),
        who=directory.name_of(row.event.actor_id) or str(BY_ITSELF.get(row.event.via, _("The system"))),
        changes=_shown(sentence, row),
        body=body,
        files=files,
        title=row.record.title if named else "",
        link=address(row.kind, row.record.id) if named and not row.kind.seen_through else "",
        day=day,
    )


def _shown(sentence: Sentence, row: rows.Row) -> list[rows.Change]:
    if tuple(sentence.shows) == EVERYTHING:
        return [change for change in row.changes if change.old or change.new]
    return [change for change in row.changes if change.field.name in sentence.shows]


def heading(day: date) -> str:
    """«Сегодня», «Вчера», «Четверг, 19 ноября», with the year when it is another one."""
    today = timezone.localdate()
    words = formats.day(day, today) if 0 <= (today - day).days <= 1 else formats.weekday(day)
    if day.year != today.year:
        words = formats.exact(day)
    return words[:1].upper() + words[1:]
