"""One act of one person, written once however often it is sent (R12.03, R11.06)."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat

from opora.jobs.running import JobContext
from opora.jobs.tasks import task
from opora.kit.dates import now
from opora.kit.errors import IdempotencyMismatch
from opora.people.access import Access
from opora.tenancy import rowwriting
from opora.timeline.models import Operation

KEY_KEPT = timedelta(hours=48)
FORGOTTEN_AT_ONCE = 500


@dataclass
class Act:
    """Who acts, by which road, and with which key.

    `key` comes from the form or the `Idempotency-Key` header and makes a repeat harmless; without one every call
    is a new act. `at` back-dates it. `is_trusted` is for what the system itself does (a lead, a demo): rights to
    records are not asked. `is_soft` lets a record be incomplete, marked to be filled in (R5.02).
    """

    access: Access
    via: str = "page"
    key: str = ""
    at: datetime = field(default_factory=now)
    request: str = ""
    address: str = ""
    is_trusted: bool = False
    is_soft: bool = False

    @property
    def user_id(self) -> int | None:
        """The id of the person who acts; None for the system."""
        return self.access.user_id or None


def opened(act: Act, action: str, sent: Mapping[str, Any]) -> tuple[Operation, bool]:
    """The operation of this act, and whether it is the repeat of one that was already carried out.

    Called inside the transaction: two simultaneous repeats meet at the unique key. Raises `IdempotencyMismatch` when
    the key was used with other content.
    """
    fingerprint = hashlib.sha256(
        json.dumps([action, sent], cls=DjangoJSONEncoder, sort_keys=True, default=str).encode()
    ).hexdigest()
    operation = Operation(
        key=f"{act.user_id or 0}:{act.key or secrets.token_hex(16)}"[:120],
        action=action,
        actor_id=act.user_id,
        via=act.via,
        request=act.request[:64],
        address=act.address,
        at=act.at,
        fingerprint=fingerprint,
    )
    if not act.key:
        return operation, False
    operation.key_until = act.at + KEY_KEPT
    return _first_or_repeat(operation)


def closed(operation: Operation, *, result: Mapping[str, Any], can_undo: bool = False) -> None:
    """Write what the operation came to, at the end of its transaction (events refer to it by a deferred key)."""
    operation.result, operation.can_undo = dict(result), can_undo
    if operation._state.adding:
        rowwriting.insert([operation])
    else:
        rowwriting.update([operation], ["result", "can_undo"])


def _first_or_repeat(operation: Operation) -> tuple[Operation, bool]:
    """Insert unless the key exists; on PostgreSQL the insert waits for a simultaneous twin to commit."""
    if rowwriting.insert_new(operation, key="key"):
        return operation, False
    stored = Operation.objects.get(key=operation.key)
    if stored.fingerprint != operation.fingerprint:
        raise IdempotencyMismatch()
    return stored, True


@task(takes_context=True, atomic=False)
def forget_keys(context: JobContext) -> None:
    """Let go of clients' keys after 48 hours (R11.06): the same key is then a new act.

    The operation stays, since its events and the log stand on it; only the key is replaced by one nobody can give.
    """
    old = Operation.objects.filter(key_until__lt=now()).order_by("key_until")
    while numbers := list(old.values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE]):
        with context.step():
            unknown = Concat(Value("."), Cast("pk", CharField()))
            Operation.objects.filter(pk__in=numbers).update(key=unknown, key_until=None)
