"""Ready sets of roles, as other systems have them (U14, N08, I11, O29, T06). Afterwards they are plain roles."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from opora.kit.errors import Forbidden, Invalid
from opora.people.access import Access
from opora.people.models import DefaultShare, Role
from opora.people.models.role import ShareLevel
from opora.people.scopes import Scope, Scopes, uniform
from opora.people.switches import FINANCE, GENERAL, ROLES, SWITCHES
from opora.timeline.events import Entry, Ref, record

CRM_ID = "crm_id"
ALL_GENERAL = "general"
ALL_BUT_FINANCE = "authorisation"


@dataclass(frozen=True)
class PresetRole:
    """A role of a set. `switches` are names; the words above stand for whole areas."""

    key: str
    title: str | Promise
    scopes: Scopes
    switches: tuple[str, ...] = ()
    leader_scopes: Scopes = field(default_factory=dict)


@dataclass(frozen=True)
class Preset:
    """A set of roles, and what everyone may do by default with records of some kinds."""

    key: str
    title: str | Promise
    text: str | Promise
    roles: tuple[PresetRole, ...]
    shares: Mapping[str, str] = field(default_factory=dict)


EVERYTHING = uniform(Scope.ALL)
OWN = uniform(Scope.OWN, export=Scope.NONE)
WORKER = ("triage", "phone.edit", "phone.see", "leads.create")


def presets() -> dict[str, Preset]:
    """The sets by key, made when asked for: by then every app has declared its switches."""
    return {preset.key: preset for preset in (_inclient(), _crm_id(), _onlyoffice(), _intrum(), _novacrm())}


def _inclient() -> Preset:
    office = uniform(Scope.ALL, delete=Scope.NONE, export=Scope.NONE)
    return Preset(
        "inclient",
        "InClient",
        _(
            "Director, heads and managers in teams; “Admin” has all rights, “Administration” keeps the questionnaire."
        ),
        (
            PresetRole("inclient.admin", "Admin", EVERYTHING, (ALL_GENERAL, ALL_BUT_FINANCE)),
            PresetRole(
                "inclient.office", _("Administration"), office, ("settings.manage", "phone.edit", "phone.see")
            ),
        ),
    )


def _crm_id() -> Preset:
    seeing_all = uniform(Scope.OWN, see=Scope.ALL, export=Scope.NONE)
    return Preset(
        CRM_ID,
        "CRM ID",
        _("An administrator, and users who see all clients and change their own."),
        (
            PresetRole("crm_id.admin", _("Administrator"), EVERYTHING, (ALL_GENERAL,)),
            PresetRole("crm_id.user", _("User"), seeing_all, WORKER),
        ),
    )


def _onlyoffice() -> Preset:
    return Preset(
        "onlyoffice",
        "ONLYOFFICE",
        _(
            "A CRM administrator, and CRM users who see their own records and what is open to everyone, as deals are."
        ),
        (
            PresetRole("onlyoffice.admin", _("CRM administrator"), EVERYTHING, (ALL_GENERAL,)),
            PresetRole("onlyoffice.user", _("CRM user"), OWN, WORKER),
        ),
        {"deal": ShareLevel.READ.value},
    )


def _intrum() -> Preset:
    scopes, leading = uniform(Scope.OWN, see=Scope.GROUP, export=Scope.NONE), uniform(Scope.GROUP)
    return Preset(
        "intrum",
        "INTRUM",
        _("Employees see the records of their groups; the CRM manager of a group changes them too."),
        (PresetRole("intrum.member", _("Member of a group"), scopes, WORKER, leading),),
    )


def _novacrm() -> Preset:
    return Preset(
        "novacrm",
        "NovaCRM",
        _(
            "An administrator without the rights of finance and authorisation, and users with their own records."
        ),
        (
            PresetRole("novacrm.admin", _("Administrator"), EVERYTHING, (ALL_GENERAL,)),
            PresetRole("novacrm.user", _("Employee"), OWN, WORKER),
        ),
    )


@transaction.atomic
def apply(access: Access, key: str, *, via: str) -> list[Role]:
    """Add the roles of a set that are missing and set its default shares; roles that are there stay as they are.

    Raises `Forbidden` without the right, also when a role holds rights of authorisation that the person lacks (N08).
    """
    if not access.has(ROLES.name):
        raise Forbidden(ROLES.label)
    preset = presets().get(key)
    if preset is None:
        raise Invalid({"preset": _("Choose one of the list.")})
    made = [_made(access, role) for role in preset.roles if not Role.objects.filter(key=role.key).exists()]
    for kind, level in preset.shares.items():
        DefaultShare.objects.update_or_create(kind=kind, defaults={"level": level})
    entries = [
        Entry("role.created", Ref("role", role.pk), changes={"name": [None, role.name]}) for role in made
    ]
    shares = {f"share:{kind}": [None, level] for kind, level in preset.shares.items()}
    entries.append(Entry("preset.applied", Ref("role", 0), changes={"preset": [None, key], **shares}))
    record(entries, actor_id=access.user_id or None, via=via)
    return made


def _made(access: Access, role: PresetRole) -> Role:
    switches = set(_switches(role))
    for name in switches:
        if SWITCHES[name].area != GENERAL and not access.has(name):
            raise Forbidden(SWITCHES[name].label)
    names = _in_all_languages(role.title)
    return Role.objects.create(
        key=role.key,
        name=_free_name(names[settings.LANGUAGE_CODE]),
        names=names,
        scopes=role.scopes,
        leader_scopes=role.leader_scopes,
        switches=sorted(switches),
    )


def _switches(role: PresetRole) -> list[str]:
    areas = {ALL_GENERAL: {GENERAL}, ALL_BUT_FINANCE: {s.area for s in SWITCHES} - {FINANCE}}
    wanted = set().union(*(areas.get(name, set()) for name in role.switches))
    named = [name for name in role.switches if name not in areas]
    return [*(switch.name for switch in SWITCHES if switch.area in wanted), *named]


def _in_all_languages(title: str | Promise) -> dict[str, str]:
    found: dict[str, str] = {}
    for code, __ in settings.LANGUAGES:
        with override(code):
            found[code] = str(title)
    return found


def _free_name(name: str) -> str:
    taken = set(Role.objects.values_list("name", flat=True))
    numbers = range(2, len(taken) + 3)
    return name if name not in taken else next(f"{name} {n}" for n in numbers if f"{name} {n}" not in taken)
