"""A lead is never lost: what the product can't store now is written down and stored later (R9.02).

Stands before everything that asks a database, since the database may be what is missing. The key of such a request
may be unchecked; it is kept as its hash and checked when the lead is imported, so that no key needs to be remembered
outside the database. A wrong key then costs a line of a file, which is why strangers are counted.
"""

import base64
import logging
import re
import secrets
import time
from collections import deque
from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponseBase, JsonResponse, UnreadablePostError

from opora.kit.errors import RateLimited, Refusal, StorageFull
from opora.leadforms import bodies, spool
from opora.leadforms.importing import importer
from opora.leadforms.receiving import Arrival
from opora.people.addresses import client_address
from opora.people.tokens import SCHEME, hash_of
from opora.tenancy.context import ProjectRef, project
from opora.ui.refusals import problem

log = logging.getLogger("opora.leads")

Next = Callable[[HttpRequest], HttpResponseBase]
PLACE = re.compile(r"^/projects/([^/]+)/api/v1/leads/?$")
UNCHECKED_A_MINUTE = 20


class NeverLost:
    """Answers 202 where the answer to a lead would have been a failure of the server."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        self._known: dict[str, ProjectRef] = {}
        self._unchecked: deque[float] = deque(maxlen=UNCHECKED_A_MINUTE)
        importer.wake()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        place = PLACE.match(request.path_info) if request.method == "POST" else None
        if place is None:
            return self.get_response(request)
        key = request.headers.get("Idempotency-Key", "") or secrets.token_hex(16)
        arrival = Arrival.now(key, client_address(request), getattr(request, "number", ""))
        request.arrival = arrival  # type: ignore[attr-defined]
        _read_ahead(request)
        response = self.get_response(request)
        ref = getattr(request, "project", None)
        if ref is not None:
            self._known[place[1]] = ref
        if response.status_code < 500:
            return response
        return self._kept(request, ref or self._known.get(place[1]), arrival) or response

    def _kept(
        self, request: HttpRequest, ref: ProjectRef | None, arrival: Arrival
    ) -> HttpResponseBase | None:
        """The answer of a lead that was written down; None when it could not be."""
        try:
            line = self._line(request, ref, arrival)
            if ref is None or line is None:
                return None
            spool.append(ref.data_dir / spool.FOLDER, line)
        except StorageFull:
            log.critical("a lead could not be kept: no room is left for it")
            return None
        except Refusal as refusal:
            return problem(request, refusal)
        importer.wake()
        return JsonResponse({"id": None, "status": "accepted"}, status=202)

    def _line(self, request: HttpRequest, ref: ProjectRef | None, arrival: Arrival) -> spool.Line | None:
        token = getattr(request, "token", None)
        scheme, _space, key = request.headers.get("Authorization", "").partition(" ")
        if ref is None or (token is None and scheme.casefold() != SCHEME):
            return None
        bodies.read(request.body, request.headers.get("Content-Type", ""))
        if token is None:
            self._count()
        with project(ref):
            key_hash = hash_of(key.strip())
        return spool.Line(
            key=arrival.key,
            at=arrival.at.isoformat(),
            body=base64.b64encode(request.body).decode(),
            content_type=request.headers.get("Content-Type", ""),
            address=arrival.address,
            request=arrival.request,
            token=token.id if token else None,
            key_hash="" if token else key_hash,
        )

    def _count(self) -> None:
        """Unchecked leads are few a minute. Raises `RateLimited`."""
        at = time.monotonic()
        if len(self._unchecked) == UNCHECKED_A_MINUTE and at - self._unchecked[0] < 60:
            raise RateLimited(60)
        self._unchecked.append(at)


def _read_ahead(request: HttpRequest) -> None:
    """Take the body into memory; one that is too large or breaks off is refused by whoever asks for it next."""
    try:
        _ = request.body
    except (RequestDataTooBig, UnreadablePostError):
        return
