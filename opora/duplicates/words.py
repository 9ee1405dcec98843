"""What duplicates have in common, in words."""

from collections.abc import Collection, Mapping

from django.utils.translation import gettext as _

from opora.duplicates.keys import EMAIL, NAME, PHONE
from opora.records.fields import Field


def sorts_in_words(sorts: Collection[str], fields: Mapping[str, Field]) -> str:
    """«Совпали: телефон, ИНН», «Похожее имя»."""
    known = {PHONE: _("phone"), EMAIL: _("e-mail")}
    same = [known[sort] for sort in (PHONE, EMAIL) if sort in sorts]
    same += [fields[sort].shown_label for sort in sorted(sorts) if sort in fields]
    words = _("The same: %(what)s") % {"what": ", ".join(same)} if same else ""
    if NAME not in sorts:
        return words
    similar = _("similar name")
    return f"{words}, {similar}" if words else _("Similar name")
