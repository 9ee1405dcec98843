"""Why a person sees a record, or does not, in one sentence made from the compiled tree."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opora.people.access import Access
from opora.people.models import Group, User
from opora.people.rights import compiled, shares_of
from opora.people.rules import All, Everyone, OwnerIn, Rule, Seen, SharedRow, SharedWith, Unassigned
from opora.people.scopes import Scope

REACHED: Mapping[str, str | Promise] = {
    Scope.GROUP: gettext_lazy(
        "%(person)s sees it: %(owner)s is responsible, and the role “%(role)s” reaches the records of the group."
    ),
    Scope.TEAM: gettext_lazy(
        "%(person)s sees it: %(owner)s is responsible, and the role “%(role)s” reaches the records of the team."
    ),
    Scope.DEPARTMENT: gettext_lazy(
        "%(person)s sees it: %(owner)s is responsible, and the role “%(role)s” reaches the records of the department."
    ),
    Scope.BRANCH: gettext_lazy(
        "%(person)s sees it: %(owner)s is responsible, and the role “%(role)s” reaches the records of the branch."
    ),
}
BEYOND: Mapping[str, str | Promise] = {
    Scope.NONE: gettext_lazy(
        "%(person)s does not see it: the role “%(role)s” does not open this kind of records, and it is not shared."
    ),
    Scope.OWN: gettext_lazy(
        "%(person)s does not see it: %(owner)s is responsible, and the role “%(role)s” reaches only own records."
    ),
    Scope.GROUP: gettext_lazy(
        "%(person)s does not see it: %(owner)s is responsible and shares no group with %(person)s."
    ),
    Scope.TEAM: gettext_lazy(
        "%(person)s does not see it: %(owner)s is responsible and is not in the same team."
    ),
    Scope.DEPARTMENT: gettext_lazy(
        "%(person)s does not see it: %(owner)s is responsible and is not in the same department."
    ),
    Scope.BRANCH: gettext_lazy(
        "%(person)s does not see it: %(owner)s is responsible and is not in the same branch."
    ),
}


def why(access: Access, kind: str, record: Seen) -> str:
    """One sentence, in the language of the reader, on why the person of `access` sees a record or does not."""
    shares = shares_of(kind, record.id)
    for rule in compiled(access, kind, "see").parts():
        if rule.holds(record, shares):
            return _reason(access, rule, record, shares)
    return _refusal(access, kind, record)


def _words(access: Access, record: Seen) -> dict[str, str]:
    owner = User.objects.filter(pk=record.responsible_id).first() if record.responsible_id else None
    return {"person": access.name, "role": access.role_name, "owner": owner.name if owner else ""}


def _reason(access: Access, rule: Rule, record: Seen, shares: list[SharedRow]) -> str:
    words = _words(access, record)
    match rule:
        case All() if access.is_director:
            return _("%(person)s sees it: the director sees everything.") % words
        case All():
            return _("%(person)s sees it: the role “%(role)s” reaches all records.") % words
        case OwnerIn():
            return _by_owner(access, rule, record) % words
        case Unassigned():
            return _("%(person)s sees it: nobody is responsible yet, and the role takes new records.") % words
        case SharedWith():
            return _by_share(access, rule, shares) % words
        case Everyone():
            return _("%(person)s sees it: it is open to everyone.") % words
    raise ValueError(f"no sentence for {rule}")


def _by_owner(access: Access, rule: OwnerIn, record: Seen) -> str:
    if record.responsible_id == access.user_id:
        return _("%(person)s sees it as the person responsible.")
    if record.responsible_id in access.circles.get(rule.scope, frozenset()) and rule.scope in REACHED:
        return str(REACHED[rule.scope])
    return _(
        "%(person)s sees it: %(owner)s is responsible, and %(person)s leads a group or a department with %(owner)s."
    )


def _by_share(access: Access, rule: SharedWith, shares: list[SharedRow]) -> str:
    found = {row.principal for row in shares if row.level in rule.levels} & rule.principals
    if access.user_id in found:
        return _("%(person)s sees it: it is shared with %(person)s.")
    names = ", ".join(str(group) for group in Group.objects.filter(pk__in=found).order_by("name"))
    return _("%(person)s sees it: it is shared with the group “{group}”.").replace(
        "{group}", names.replace("%", "%%")
    )


def _refusal(access: Access, kind: str, record: Seen) -> str:
    words = _words(access, record)
    if not access.may_enter:
        return _("%(person)s sees nothing: the account can't be used now.") % words
    scope = access.scope(kind, "see")
    if record.responsible_id is None and scope != Scope.NONE:
        text = _(
            "%(person)s does not see it: nobody is responsible yet, and the role does not take new records."
        )
        return text % words
    return str(BEYOND[scope]) % words
