"""The measuring client: one open connection a person, as a browser or a program comes."""

import http.client
import itertools
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode


@dataclass(frozen=True)
class Answer:
    """What came back: seconds include reading the body."""

    status: int
    seconds: float
    body: bytes
    queries: int | None = None


@dataclass(frozen=True)
class Asked:
    """A request. `form` is posted; `{n}` in its values is replaced by a new number each time."""

    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] | None = None
    json: str = ""


_numbers = itertools.count(1)


class Client:
    """A connection that stays open."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def send(self, asked: Asked, *, count: bool = False) -> Answer:
        """Send a request and read all of its answer; `count` asks how many statements it took."""
        headers, body = dict(asked.headers), None
        number = str(next(_numbers))
        if asked.form is not None:
            body = urlencode({name: value.replace("{n}", number) for name, value in asked.form.items()})
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        elif asked.json:
            body = asked.json.replace("{n}", number)
            headers["Content-Type"] = "application/json"
        if count:
            headers["X-Bench-Count"] = "1"
        start = time.perf_counter()
        self._connection.request("GET" if body is None else "POST", asked.path, body, headers)
        response = self._connection.getresponse()
        content = response.read()
        said = response.headers.get("X-Bench-Queries")
        return Answer(response.status, time.perf_counter() - start, content, int(said) if said else None)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
