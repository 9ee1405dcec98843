"""The object matrix (R15.03): each kind of record × how it stands × who looks × by which road, read off the registry.

A new kind is in it as soon as it is registered: records are made from its own definitions, roads are those of its
addresses that exist. What each viewer reaches is written out here by hand (`SEES`, `EDITS`), never asked of the compiler.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import Resolver404, resolve

from opora.jobs import live
from opora.people.models import Share, User
from opora.records import definitions, totals
from opora.records.actions import perform
from opora.records.fields import Field
from opora.records.kinds import Kind, kinds
from opora.records.operations import Act
from tests.kits.files import keep_file
from tests.kits.visibility import SEES
from tests.people import Cast, access

VIEWERS = ("director", "head", "manager", "stranger", "assistant")
WRITERS = ("director", "manager", "assistant")
"""Who tries the changes: who may all, who has records and a team, who has only what is shared."""
EDITS = {**{viewer: {viewer} for viewer in SEES}, "director": SEES["director"]}
EDITS |= {head: SEES[head] for head in ("head", "other_head")}
SHARED_WITH = "assistant"
COMMON = "общееслово"
"""Stands in the texts of every record beside its own word: one search for it asks for all of them."""


@dataclass(frozen=True)
class Standing:
    """How a record stands: whose it is, what everyone may do, what `SHARED_WITH` may, whether it is thrown away."""

    owner: str
    everyone: str = "none"
    shared: str = ""
    is_thrown: bool = False
    is_free: bool = False

    def sees(self, viewer: str) -> bool:
        """Whether the viewer reads it; all the viewers take new records (`is_free`)."""
        given = self.everyone != "none" or (viewer == SHARED_WITH and bool(self.shared))
        return given or self.is_free or self.owner in SEES[viewer]

    def edits(self, viewer: str) -> bool:
        """Whether the viewer may change it; nobody's is changed by who reaches everything alone."""
        given = self.everyone == "write" or (viewer == SHARED_WITH and self.shared == "write")
        return given or self.deletes(viewer)

    def deletes(self, viewer: str) -> bool:
        """Whether the viewer may throw it away: sharing never lets."""
        return viewer == "director" if self.is_free else self.owner in EDITS[viewer]


STANDINGS: Mapping[str, Standing] = {
    "own": Standing("manager"),
    "same head": Standing("colleague"),
    "other head": Standing("stranger"),
    "of a head": Standing("head"),
    "of the director": Standing("director"),
    "shared to read": Standing("other_head", shared="read"),
    "shared to write": Standing("other_head", shared="write"),
    "everyone reads": Standing("other_head", everyone="read"),
    "everyone writes": Standing("other_head", everyone="write"),
    "thrown away": Standing("manager", is_thrown=True),
    "of nobody": Standing("manager", is_free=True),
}


@dataclass(frozen=True)
class Placed:
    """A stored record in its standing, and the word that stands in all its texts and nowhere else."""

    record: Any
    standing: Standing
    word: str
    shares: Mapping[int, str]

    @property
    def id(self) -> str:
        return str(self.record.pk)


def texts_of(kind: Kind) -> list[Field]:
    """The plain texts of a kind that a person may write."""
    fields = definitions.current().fields(kind.name).values()
    return [
        field for field in fields if field.type.name == "text" and field.writable and not field.is_one_time
    ]


def make(kind: Kind, owner: User, word: str, about: Any = None) -> Any:
    """One record of the owner with the word in all its texts, open to nobody else by its own level."""
    act = Act(access(owner), via="system", is_trusted=True, is_soft=True)
    longs = {"long_text", "text"} if kind.seen_through else {"text"}
    fields = definitions.current().fields(kind.name).values()
    text = f"{word} {COMMON}"
    values: dict[str, Any] = {f.name: text for f in fields if f.type.name in longs and f.writable}
    if not kind.seen_through:
        values |= {"responsible": owner.pk}
        return perform("create", kind, act, values=values).record
    card = f"{kind.seen_through[0]}:{about.pk}"
    if kind.name == "file":
        return keep_file(owner, card, text, is_trusted=True)
    return perform("create", kind, act, values=values, about=card).record


def place(cast: Cast, kind: Kind, name: str, number: int) -> Placed:
    """A record of this kind in this standing. A note stands where the card it is on stands."""
    standing, word = STANDINGS[name], f"ягода{kind.name}{number}х"
    owner = getattr(cast, standing.owner)
    card_kind = kinds[kind.seen_through[0]] if kind.seen_through else kind
    card = make(card_kind, owner, word if card_kind is kind else f"карта{number}")
    record = card if card_kind is kind else make(kind, owner, word, card)
    rows = card_kind.model._default_manager.filter(pk=card.pk)
    rows.update(access=standing.everyone)
    shares = {getattr(cast, SHARED_WITH).pk: standing.shared} if standing.shared else {}
    for principal, level in shares.items():
        Share.objects.create(
            kind=card_kind.name, record_id=card.pk, principal=principal, level=level, stamp=card.stamp
        )
    if standing.is_free:
        rows.update(responsible_id=None)
    if standing.is_thrown:
        perform("trash", kind, Act(access(owner)), [record.pk])
    return Placed(record, standing, word, shares)


def place_all(cast: Cast, kind: Kind) -> dict[str, Placed]:
    """A record of the kind in every standing."""
    found = {name: place(cast, kind, name, number) for number, name in enumerate(STANDINGS)}
    totals.rebuild(kind)
    return found


def exists(path: str) -> bool:
    """Whether the product has this address."""
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def lists_of(kind: Kind, placed: Iterable[Placed]) -> Iterator[tuple[str, str]]:
    """The roads that show many records at once, by name, each with its address."""
    page = next((at for at in (f"/{kind.url}/list/", f"/{kind.url}/") if exists(at)), f"/{kind.url}/")
    yield "list", f"{page}?f="
    yield "list filtered", f"{page}?f=&q={COMMON}"
    yield "rows drawn anew", f"/{kind.url}/rows/?f=&ids={','.join(one.id for one in placed)}"
    yield "counts", f"/{kind.url}/counts/?f=&q={COMMON}"
    yield "board", f"/{kind.url}/board/?f="
    yield "search", f"/search/?q={COMMON}"
    yield "API list", f"/api/v1/{kind.url}?limit=200"
    yield "API filter", f"/api/v1/{kind.url}?limit=200&q={COMMON}"
    yield "API trash", f"/api/v1/{kind.url}?limit=200&trashed=true"
    yield "API search", f"/api/v1/search?q={COMMON}&limit=100"
    for other, field in pointing_at(kind):
        yield f"autocomplete of {other.name}.{field.name}", f"/{other.url}/options/{field.name}/?q={COMMON}"


def pointing_at(kind: Kind) -> Iterator[tuple[Kind, Field]]:
    """The fields, of any kind, that name a record of this kind."""
    for other in kinds:
        for field in definitions.current().fields(other.name).values():
            if field.type.name == "record" and field.options.get("kind") == kind.name and field.writable:
                yield other, field


READS = ("", "peek/", "feed/", "access/")
API_READS = ("", "/feed")


def reads_of(kind: Kind, one: Placed) -> Iterator[str]:
    """The addresses that show one record."""
    for rest in READS:
        if exists(f"/{kind.url}/{one.id}/{rest}"):
            yield f"/{kind.url}/{one.id}/{rest}"
    yield from (f"/api/v1/{kind.url}/{one.id}{rest}" for rest in API_READS)


@dataclass(frozen=True)
class Write:
    """One change by one road, and which right it needs."""

    name: str
    right: str
    method: str
    path: str
    body: Mapping[str, Any]

    @property
    def is_api(self) -> bool:
        return self.path.startswith("/api/")


def writes_of(kind: Kind, one: Placed, to: User) -> Iterator[Write]:
    """The changes of one record that its addresses know, each with a valid body."""
    at, api = f"/{kind.url}/{one.id}/", f"/api/v1/{kind.url}/{one.id}"
    everyone = "write" if one.standing.everyone == "write" else "read"
    shares = {
        str(principal): level for principal, level in one.shares.items()
    }  # nobody takes the own right away
    levels = {f"level:{principal}": level for principal, level in shares.items()}
    for field in texts_of(kind)[:1]:
        yield Write("edit in place", "edit", "POST", f"{at}fields/{field.name}/", {field.name: "другое"})
        yield Write("API edit", "edit", "PATCH", api, {field.name: "другое"})
    yield Write("hand over", "edit", "POST", f"{at}responsible/", {"to": str(to.pk)})
    yield Write("share", "edit", "POST", f"{at}sharing/", {"everyone": everyone, **levels})
    yield Write("trash", "delete", "POST", f"{at}trash/", {})
    yield Write("API trash", "delete", "DELETE", api, {})
    yield Write("note on it", "see", "POST", f"{at}notes/", {"text": "слово"})
    yield Write("task on it", "see", "POST", f"{at}tasks/", {"title": "дело", "soon": "1"})
    if not kind.seen_through:
        yield Write("API hand over", "edit", "POST", f"{api}/hand_over", {"to": str(to.pk)})
        yield Write("API share", "edit", "POST", f"{api}/share", {"everyone": everyone, "shares": shares})
    for other, field in pointing_at(kind):
        title = texts_of(other)[0].name
        yield Write(
            f"link from a {other.name}",
            "link",
            "POST",
            f"/api/v1/{other.url}",
            {title: "новое", field.name: one.id},
        )


def right_of(standing: Standing, viewer: str, right: str, kind: Kind) -> bool:
    """Whether the table gives a right; of what is seen through a card, the writer alone changes anything."""
    if kind.seen_through and right in ("edit", "delete"):
        return viewer in (standing.owner, "director")
    given = {"edit": standing.edits, "delete": standing.deletes}.get(right, standing.sees)
    return given(viewer)


def told(user: User, kind: Kind, placed: Mapping[str, Placed]) -> set[str]:
    """The standings whose records the person's live stream speaks of."""
    ids = {one.record.pk: () for one in placed.values()}
    seen = set(live.visible(user.pk, kind.name, ids))
    return {name for name, one in placed.items() if one.record.pk in seen}
