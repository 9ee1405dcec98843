"""What is measured: each page and API call, and the floor it stands on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any
from urllib.parse import quote

from config.bench.client import Asked

BASE = "/projects/bench"
SECRET = "b" * 32
"""A form token: the cookie and the header carry the same 32 letters."""


@dataclass(frozen=True)
class Measured:
    """A page or a call. `floor` is the path of its floor, `answers` the status of a right answer.

    `{card}` and `{term}` in a path are the person's who comes.
    """

    name: str
    path: str
    floor: str
    answers: int = 200
    is_api: bool = False
    form: Mapping[str, str] | None = None
    json: str = ""

    def as_people(self, filled: Mapping[str, Any]) -> Iterator[Asked]:
        """The request, by one person after the other, so that nobody's limit is reached."""
        people = zip(*(filled[name] for name in ("sessions", "keys", "cards", "terms")), strict=True)
        for session, key, card, term in cycle(list(people)):
            path = self.path.replace("{card}", card).replace("{term}", quote(term))
            cookies = f"opora_session={session}; opora_csrf={SECRET}; opora_language=ru"
            own = {"Authorization": f"Bearer {key}"} if self.is_api else {"Cookie": cookies}
            headers = own if self.is_api or self.form is None else {**own, "X-CSRFToken": SECRET}
            yield Asked(BASE + path, headers, self.form, self.json)

    def on_floor(self, size: int) -> Asked:
        """The request for the floor, which answers with as many bytes."""
        mark = "&" if "?" in self.floor else "?"
        path = f"{BASE}/bench/{self.floor}{mark}bytes={size}{'&json=1' if self.is_api else ''}"
        return Asked(path, form={} if self.form is not None or self.json else None)


@dataclass
class Plan:
    """The pages of a run, for what the project was filled with."""

    filled: Mapping[str, Any]
    only: Sequence[str] = field(default_factory=tuple)

    def all(self) -> list[Measured]:
        """Everything that is measured, in the order of the table."""
        found = [*self._pages(), *self._calls()]
        return [page for page in found if not self.only or page.name in self.only]

    def _pages(self) -> list[Measured]:
        card, term = self.filled["cards"][0], quote(self.filled["terms"][0])
        form = {"type": "company", "company_name": "Bench {n}", "phones": "", "city": "", "_key": ""}
        return [
            Measured("list", "/contacts/", "list/"),
            Measured("search", "/search/?q={term}", f"search/?q={term}"),
            Measured("card", "/contacts/{card}/", f"card/?id={card}"),
            Measured("create", "/contacts/new/", f"write/?id={card}", 302, form=form),
            Measured("board", "/deals/", f"board/?stages={self.filled['stages']}"),
        ]

    def _calls(self) -> list[Measured]:
        card, term = self.filled["cards"][0], quote(self.filled["terms"][0])
        body = '{"type": "company", "company_name": "Bench {n}"}'
        calls = [
            Measured("api list", "/api/v1/contacts", "list/", is_api=True),
            Measured("api search", "/api/v1/search?q={term}", f"search/?q={term}", is_api=True),
            Measured("api card", "/api/v1/contacts/{card}", f"card/?id={card}", is_api=True),
            Measured("api create", "/api/v1/contacts", f"write/?id={card}", 201, is_api=True, json=body),
            Measured("api board", "/api/v1/deals", "deals/", is_api=True),
        ]
        return calls if self.filled["has_api"] else []
