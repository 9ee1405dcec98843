"""How far a role reaches: a scope for each kind of record and each verb ("One answer": Rights)."""

from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

Scopes = Mapping[str, Mapping[str, str]]
VERBS = ("see", "create", "edit", "delete", "export")
ANY_KIND = "*"


class Scope(TextChoices):
    """Whose records a verb reaches, by the person responsible for them."""

    NONE = "none", _("none")
    OWN = "own", _("own")
    GROUP = "group", _("of the group")
    TEAM = "team", _("of the team")
    DEPARTMENT = "department", _("of the department")
    BRANCH = "branch", _("of the branch")
    ALL = "all", _("all")


def scope_of(scopes: Scopes, kind: str, verb: str) -> Scope:
    """The scope a role gives for a verb on a kind; `*` stands for kinds the role does not name."""
    for name in (kind, ANY_KIND):
        found = scopes.get(name, {}).get(verb)
        if found is not None:
            return Scope(found)
    return Scope.NONE


def uniform(scope: Scope, **other: Scope) -> dict[str, dict[str, str]]:
    """Scopes of a role that treats all kinds alike: `scope` for every verb but those named."""
    return {ANY_KIND: {verb: str(other.get(verb, scope)) for verb in VERBS}}
