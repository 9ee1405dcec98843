"""On every card, for those who manage rights: the way to ask why somebody sees it."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from opora.people.access import Access
from opora.people.switches import ROLES
from opora.records.screens.related import Block, block
from opora.structure.matrix import own_kinds


def _asked(kind: str) -> None:
    @block(kind, place=900)
    def check(access: Access, record: Any) -> Block | None:
        """The link to the check, with the record filled in."""
        if not access.has(ROLES.name):
            return None
        url = reverse("structure:check", query={"kind": kind, "id": record.pk})
        return Block("check", _("Rights"), "structure/check_block.html", more={"url": url})


for _kind in own_kinds():
    _asked(_kind.name)
