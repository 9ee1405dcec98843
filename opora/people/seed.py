"""The ready roles a new project starts with: Director, Head, Manager (I02-I05)."""

from opora.people.models import AccountKind, Role
from opora.people.scopes import Scope, uniform
from opora.people.switches import SWITCHES

NAMES = {
    AccountKind.DIRECTOR: {"ru": "Директор", "en": "Director", "uz": "Direktor"},
    AccountKind.HEAD: {"ru": "Руководитель", "en": "Head", "uz": "Rahbar"},
    AccountKind.MANAGER: {"ru": "Менеджер", "en": "Manager", "uz": "Menejer"},
}
SCOPES = {
    AccountKind.DIRECTOR: uniform(Scope.ALL),
    AccountKind.HEAD: uniform(Scope.TEAM),
    AccountKind.MANAGER: uniform(Scope.OWN, see=Scope.TEAM, export=Scope.NONE),
}


def create_roles() -> dict[str, Role]:
    """The ready roles by key, made where they are missing. Repeatable."""
    return {str(kind): _role(kind) for kind in NAMES}


def _role(kind: AccountKind) -> Role:
    switches = [
        name for name, switch in SWITCHES.items() if kind == AccountKind.DIRECTOR or str(kind) in switch.usual
    ]
    role, _made = Role.objects.get_or_create(
        key=str(kind),
        defaults={
            "name": NAMES[kind]["ru"],
            "names": NAMES[kind],
            "scopes": SCOPES[kind],
            "switches": switches,
        },
    )
    return role
