"""Names of files as people gave them: kept as text, never a part of a path (R3.05, R7.12)."""

import re
import unicodedata

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from opora.kit.errors import Invalid

LONGEST = 200
_EXTENSION = re.compile(r"\.([a-z0-9]{1,8})$")


def cleaned(name: str) -> str:
    """The last part of a name without what can't be seen: control, direction and zero-width characters.

    Raises `Invalid` when nothing is left or it is longer than 200 characters; it is never cut silently.
    """
    normal = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    shown = "".join(c for c in normal if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))
    found = " ".join(shown.split()).strip(" .")
    if not found:
        raise Invalid({"file": _("The file has no name.")}, code="no_name")
    if len(found) > LONGEST:
        words = ngettext(
            "The name is longer than %(n)d character. Rename the file.",
            "The name is longer than %(n)d characters. Rename the file.",
            LONGEST,
        )
        raise Invalid({"file": words % {"n": LONGEST}}, code="name_too_long")
    return found


def extension(name: str) -> str:
    """The extension of a cleaned name, in lower-case Latin letters whatever it was written in; empty without one."""
    found = _EXTENSION.search(unicodedata.normalize("NFKC", name).casefold())
    return found[1] if found else ""
