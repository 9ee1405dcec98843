"""What the log says of changes of the structure, of definitions and of people; names of what changed, and values."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opora.people import directory
from opora.people.models import AccountKind, Status
from opora.people.scopes import Scope
from opora.records.sentences import say
from opora.structure import matrix

for _sort, _made, _changed, _removed in (
    ("role", _("new role"), _("role is changed:"), _("role is removed:")),
    ("group", _("new group"), _("group is changed:"), _("group is removed:")),
    ("category", _("new category"), _("category is changed:"), _("category is removed:")),
    ("branch", _("new branch"), _("branch is changed:"), _("branch is removed:")),
    ("department", _("new department"), _("department is changed:"), _("department is removed:")),
    ("entry", _("new in a list:"), _("changed in a list:"), _("taken off a list:")),
    ("reason", _("new reason lost"), _("reason lost is changed:"), _("reason lost is taken off the list:")),
    ("stage", _("new stage"), _("stage is changed:"), _("stage is removed:")),
    ("process", _("new process"), _("process is changed:"), _("process is removed:")),
    ("section", _("new section of the questionnaire"), _("section is changed:"), _("section is removed:")),
):
    say(f"{_sort}.created", _made)
    say(f"{_sort}.changed", _changed)
    say(f"{_sort}.removed", _removed)
say("entry.ordered", _("a list is ordered anew"))
say("reason.ordered", _("reasons lost are ordered anew"))
say("stage.ordered", _("stages are ordered anew"))
say("process.ordered", _("processes are ordered anew"))
say("field.created", _("new field of the questionnaire"))
say("field.changed", _("field is changed:"))
say("field.deleted", _("field is deleted:"))
say("field.ordered", _("fields are ordered anew"))
say("settings.changed", _("general settings are changed"))
say("preset.applied", _("a ready set of roles is added"))
say("module.changed", _("who a module is open to is changed"))
say("log.exported", _("the log is exported"))
say("settings.security_changed", _("passwords and sessions: rules are changed"))
say("user.created", _("new user"))
say("user.edited", _("profile is changed:"))
say("user.placed", _("role or place is changed:"))
say("user.status_changed", _("status is changed:"))
say("user.password_given", _("new password is given to:"))
say("user.password_changed", _("own password is changed"))
say("user.signed_in", _("signed in"))
say("user.factor_on", _("second factor is switched on"))
say("user.factor_off", _("second factor is switched off"))
say("user.factor_reset", _("second factor is reset:"))
say("user.factor_codes", _("new recovery codes are made"))
say("user.factor_failed", _("second step failed:"))
say("user.recovery_code_used", _("signed in with a recovery code"))
say("user.email_asked", _("own e-mail is asked to change:"))
say("user.email_changed", _("own e-mail is changed:"))
say("user.signed_out", _("signed out"))
say("user.sign_in_failed", _("sign-in failed:"))
say("user.entry_refused", _("not let in:"))
say("user.viewed_as", _("sees the CRM as:"))
say("user.view_ended", _("no longer sees the CRM as:"))
say("user.handed_over", _("records are handed over from:"))
say("user.link_sent", _("link is sent to:"))
say("user.activated", _("account is activated"))
say("user.password_reset", _("own password is set anew by a link"))
say("user.key_made", _("API key is made"))
say("user.key_revoked", _("API key is revoked"))
say("user.session_ended", _("session is ended"))
say("user.sessions_ended", _("sessions are ended"))

REFUSALS = frozenset({"user.sign_in_failed", "user.entry_refused"})
SOMEBODY = _("Somebody")
VIA: Mapping[str, str | Promise] = {
    "page": _("Page"),
    "api": _("API"),
    "lead": _("Lead from a site"),
    "import": _("Import"),
    "automation": _("Automation"),
    "undo": _("Undo"),
    "system": _("System"),
    "console": _("Command line"),
    "cli": _("Command line"),
}
LABELS: Mapping[str, str | Promise] = {
    "name": _("Name"),
    "names": _("Names in other languages"),
    "label": _("Name"),
    "labels": _("Names in other languages"),
    "first_name": _("First name"),
    "last_name": _("Last name"),
    "login": _("Login"),
    "email": _("E-mail"),
    "kind": _("Kind of account"),
    "role_id": _("Role"),
    "head_id": _("Head (person)"),
    "status": _("Status"),
    "branch": _("Branch"),
    "department": _("Department"),
    "groups": _("Groups"),
    "categories": _("Categories"),
    "to": _("To whom"),
    "key": _("API key"),
    "why": _("Reason"),
    "rows": _("Lines"),
    "filter": _("Filter"),
    "preset": _("Ready set"),
    "parent": _("Part of"),
    "members": _("People"),
    "people": _("People"),
    "leaders": _("Leaders"),
    "opened": _("Open to"),
    "principals": _("People and groups"),
    "color": _("Colour"),
    "probability": _("Probability"),
    "hint": _("Hint"),
    "is_required": _("Required"),
    "is_one_time": _("Filled in once"),
    "section": _("Section"),
    "options": _("Choices"),
    "needs": _("Required fields"),
    "movers": _("Who moves records in"),
    "checklist": _("Checklist"),
    "stale_days": _("Days until stale"),
    "asks_reason": _("Asks for a reason"),
    "asks_words": _("Asks for words"),
    "takes_out": _("Takes out of all lists"),
    "only": _("Whom it concerns"),
    "language": _("Language"),
    "time_zone": _("Time zone"),
    "currency": _("Currency"),
}
REASONS: Mapping[str, str | Promise] = {
    "ip_not_allowed": _("this address is not allowed"),
    "account_blocked": _("the account is closed"),
}
PEOPLE = frozenset({"head_id", "to", "members", "people", "leaders", "principals", "movers"})
CHOICES: Mapping[str, Mapping[str, Any]] = {
    "status": dict(Status.choices),
    "kind": dict(AccountKind.choices),
    "why": REASONS,
}
SCOPES: Mapping[str, Any] = dict(Scope.choices)


def label_of(subject: str, name: str) -> str:
    """What changed, in words; a right of a role is told as the table of rights tells it."""
    if subject == "role" and name not in ("name", "names", "preset"):
        return matrix.said(name)
    return str(LABELS.get(name) or name.replace("_", " ").capitalize())


def value_of(name: str, value: Any, roles: Mapping[int, str]) -> str:
    """A stored value as words: ids of people and roles become names, stored choices their labels."""
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, dict):
        return ", ".join(f"{key}: {one}" for key, one in value.items())
    if isinstance(value, list):
        return ", ".join(value_of(name, one, roles) for one in value)
    if name == "role_id":
        return _named(value, lambda number: roles.get(number, ""))
    if name in PEOPLE:
        return _named(value, directory.name_of)
    known = CHOICES.get(name) or (SCOPES if "." in name else {})
    return str(known.get(value, value))


def _named(value: Any, name_of: Callable[[int], str]) -> str:
    text = str(value)
    return (name_of(int(text)) if text.isdigit() else "") or text
