"""Files on cards: the block at the right, and how they are told in the history."""

from typing import Any

from django.urls import get_script_prefix
from django.utils.translation import gettext_lazy as _

from opora.documents.held import entry
from opora.documents.manifest import CARDS, FILE
from opora.documents.models import File
from opora.people.access import Access
from opora.records import sight
from opora.records.kinds import kind_of
from opora.records.screens.related import Block, block
from opora.records.sentences import say

FEW = 6


def files_on(access: Access, record: Any) -> Any:
    """The files of a card as far as the person sees them, the newest first; those of its fields stand in the fields."""
    found = sight.visible(access, FILE).filter(about_kind=kind_of(record).name, about_id=record.id, field="")
    return found.order_by("-id")


def may_remove(access: Access, file: File) -> bool:
    """Whether the person may throw a file away: who put it there, and the director; `perform` asks again."""
    return access.leaves("delete") and (access.is_director or file.created_by_id == access.user_id)


def block_of(access: Access, record: Any) -> Block:
    """The newest files of a card; one query."""
    found = list(files_on(access, record)[: FEW + 1])
    return Block(
        "files", _("Files"), "documents/block.html", found[:FEW],
        count=len(found) if len(found) <= FEW else None,
        more={
            "has_more": len(found) > FEW,
            "removable": {file.id for file in found if may_remove(access, file)},
            "upload_url": f"{get_script_prefix()}api/v1/files",
            "base": f"{get_script_prefix()}files/",
        },
    )  # fmt: skip


for _name in CARDS:
    block(_name, place=50, is_late=True)(block_of)
say("file.created", _("file"), icon="paperclip", files=lambda file: [entry(file)])
say("file.trashed", _("file removed"), body=lambda file: str(file.title))
