"""On a contact's card: who is probably the same client, and what was merged into it or it went into."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from opora.contacts.manifest import CONTACT
from opora.contacts.models import Contact
from opora.duplicates import finding
from opora.duplicates.actions import WITHIN
from opora.duplicates.models import Merge, Merged
from opora.kit.dates import now
from opora.people.access import Access
from opora.records import sight
from opora.records.screens import checks
from opora.records.screens.related import Block, block


@block("contact", place=5, is_late=True)
def twins(access: Access, contact: Contact) -> Block | None:
    """Probable duplicates with the way to merge them; for a record that was merged the one it went into."""
    if contact.is_trashed:
        return _went(access, contact)
    found = [twin.record for twin in finding.twins_of(access, CONTACT, contact)]
    made = Merge.objects.filter(
        kind=CONTACT.name, target_id=contact.id, undone_at=None, at__gt=now() - WITHIN
    ).order_by("-at")
    merges: list[dict[str, Any]] = [
        {"at": row.at, "url": reverse("duplicates:unmerge", args=[row.id])} for row in made[:5]
    ]
    if not found and not merges:
        return None
    numbers = ",".join(str(record.id) for record in [contact, *found])
    more = {
        "merge_url": reverse("duplicates:merge", query={"ids": numbers}) if found else "",
        "merges": merges,
    }
    title = _("Duplicates") if found else _("Merged")
    return Block("twins", title, "duplicates/block.html", found, count=len(found) or None, more=more)


def _went(access: Access, contact: Contact) -> Block | None:
    row = Merged.objects.filter(record_id=contact.id, merge__undone_at=None).select_related("merge").first()
    if row is None:
        return None
    found = list(sight.visible(access, CONTACT).filter(pk=row.merge.target_id))
    return Block(
        "twins", _("Merged into"), "duplicates/block.html", found, more={"merge_url": "", "merges": []}
    )


checks.while_typing(CONTACT.name, "duplicates:typed")
checks.from_list(CONTACT.name, checks.Way(_("Duplicates"), "arrows-join", "contacts/duplicates/"))
