"""People, their place in the company, their rights, and the ways they get in."""

from opora.people.models.factor import RecoveryCode, SecondFactor
from opora.people.models.mail import MailLink, MailServer
from opora.people.models.role import DefaultShare, Role, Share
from opora.people.models.security import SecurityRules
from opora.people.models.session import Session
from opora.people.models.structure import (
    AddressRange,
    Branch,
    Category,
    Department,
    Group,
    GroupMember,
    ModuleGate,
    ModuleGuest,
)
from opora.people.models.token import Token
from opora.people.models.user import AccountKind, Status, User

__all__ = [
    "AccountKind",
    "AddressRange",
    "Branch",
    "Category",
    "DefaultShare",
    "Department",
    "Group",
    "GroupMember",
    "MailLink",
    "MailServer",
    "ModuleGate",
    "ModuleGuest",
    "RecoveryCode",
    "Role",
    "SecondFactor",
    "SecurityRules",
    "Session",
    "Share",
    "Status",
    "Token",
    "User",
]
