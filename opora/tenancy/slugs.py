"""Addresses of projects (R3.09)."""

import re

from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Invalid

SLUG = re.compile(r"[a-z0-9-]{2,40}")
# fmt: off
RESERVED = frozenset({
    "admin", "api", "app", "assets", "auth", "blog", "control", "directory", "doctor", "files", "healthz",
    "help", "live", "login", "logout", "mail", "media", "metrics", "new", "opora", "owner", "platform",
    "projects", "public", "readyz", "root", "search", "settings", "sign-in", "sign-out", "signup", "static",
    "status", "support", "system", "www",
})
# fmt: on
KEPT_AFTER_REMOVAL = 90
"""Days for which a removed project's address stays taken, so that old links never open someone else's."""


def is_slug(text: str) -> bool:
    """Whether a text has the form of a project's address."""
    return SLUG.fullmatch(text) is not None


def check_slug(text: str) -> str:
    """The slug itself. Raises `Invalid` when its form is wrong or the word is reserved."""
    if not is_slug(text) or text.startswith("-") or text.endswith("-"):
        raise Invalid({"slug": _("2 to 40 small Latin letters, digits and hyphens.")})
    if text in RESERVED:
        raise Invalid({"slug": _("This address is reserved.")})
    return text
