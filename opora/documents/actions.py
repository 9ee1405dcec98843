"""What is done with files: they are put on a card."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from opora.documents import limits, sweeping
from opora.documents.arrived import Stored
from opora.documents.models import File
from opora.kit.errors import NotFound
from opora.records import about as cards
from opora.records.actions import action
from opora.records.kinds import Kind
from opora.records.work import Work

__all__ = ["sweeping"]


@action("file.create", right="create", event="created", label=_("Attach a file"), makes=True)
def create(
    work: Work, kind: Kind, records: Sequence[Any], *, stored: Stored, about: str = "", field: str = ""
) -> None:
    """A file on the card `about`, or one that waits for a `field` to name it and is seen by nobody until then.

    Raises `NotFound` for a card the person does not see, `Invalid` (`quota_full`) when there is no room.
    """
    limits.take_room(stored.size)
    file = File(
        title=stored.name,
        place=stored.place,
        size=stored.size,
        type=stored.type,
        sha256=stored.sha256,
        has_preview=stored.has_preview,
        field=field,
        responsible_id=work.act.user_id,
    )
    if not about and not field:
        raise NotFound()
    work.add(kind, file)
    if about:
        cards.stand_on(work, file, about)
