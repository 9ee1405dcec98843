"""What may be done to accounts, by whom: create, edit, give a role, change the status, give a password.

Page, command line and API call these functions alike; each checks the right first and leaves an entry in the log.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from opora.kit.errors import Forbidden, Invalid, NotFound
from opora.kit.text import fold, is_blank
from opora.people import belonging, passwords
from opora.people.access import Access
from opora.people.belonging import Belonging
from opora.people.journal import note
from opora.people.logins import looks_like_email
from opora.people.mail import links, servers
from opora.people.mail.letters import announce_password
from opora.people.models import AccountKind, Role, Status, User
from opora.people.sessions import end_sessions
from opora.people.switches import GENERAL, SWITCHES, TEAM_USERS, USERS
from opora.people.userforms import FULL, PROFILE, UserForm

PLACE = ("kind", "role_id", "head_id")


@dataclass(frozen=True)
class NewUser:
    """What a new account is made of. Without a role it gets the ready one of its kind.

    Who is invited gets no password here, waits for the e-mail, and may have the e-mail for a login.
    """

    login: str
    password: str
    first_name: str
    last_name: str = ""
    email: str = ""
    kind: str = AccountKind.MANAGER
    role: Role | None = None
    head: User | None = None
    language: str = ""
    is_invited: bool = False
    belongs: Belonging | None = None
    form: UserForm = FULL


@dataclass(frozen=True)
class Changes:
    """What a form about a user says. Without a kind the place in the company stays; so do what is absent or None."""

    profile: dict[str, str]
    kind: str = ""
    role: Role | None = None
    head: User | None = None
    status: str = ""
    belongs: Belonging | None = None


def manageable(access: Access) -> Any:
    """The users whose accounts this person may open and edit: all, the own managers, or none (R4.03)."""
    users = User.objects.select_related("role", "head").order_by("first_name", "last_name", "id")
    if access.has(USERS.name):
        return users
    if access.has(TEAM_USERS.name):
        return users.filter(head_id=access.user_id, kind=AccountKind.MANAGER)
    return users.none()


def get_manageable(access: Access, user_id: int) -> User:
    """One of `manageable`. Raises `NotFound` also for a user that exists but is none of this person's business."""
    found: User | None = manageable(access).filter(pk=user_id).first()
    if found is None:
        raise NotFound()
    return found


def possible_heads(user: User | None) -> list[User]:
    """Who may be chosen as the head of a user (or of a new one)."""
    users = User.objects.exclude(pk=user.pk if user else 0).order_by("first_name", "last_name", "id")
    return [one for one in users if one.may_enter]


def working() -> int:
    """How many people the project has who may sign in."""
    return User.objects.filter(status__in=(Status.ACTIVE, Status.BY_ADDRESS)).count()


def find(user_id: int) -> User | None:
    """The user with this id, whoever asks: for links that a right has been checked for."""
    return User.objects.filter(pk=user_id).first()


def prefer(user: User, **values: str) -> None:
    """Keep what a person chose alone: language, theme, time zone."""
    User.objects.filter(pk=user.pk).update(**values)


@transaction.atomic
def create(access: Access, new: NewUser, *, via: str, checked: bool = True) -> User:
    """A new account: active, or waiting for the person to follow an invitation.

    Raises `Forbidden` without the right, `Invalid` for a taken login or e-mail and for a weak password.
    `checked=False` lets demo logins have a weak one.
    """
    if not (access.has(USERS.name) or access.has(TEAM_USERS.name)):
        raise Forbidden(_("creating users"))
    status = Status.ACTIVATION if new.is_invited else Status.ACTIVE
    user = User(status=status, language=new.language, created_at=timezone.now())
    profile = {name: getattr(new, name) for name in PROFILE}
    if new.is_invited and is_blank(new.login):
        profile["login"] = new.email
    groups = new.belongs.groups if new.belongs else frozenset()
    _together(
        lambda: _fill_profile(user, profile, new.form),
        lambda: _fill_place(access, user, new.kind, new.role, new.head),
        lambda: None if new.is_invited else new.form.check_password(new.password),
        lambda: None if new.is_invited else passwords.put(user, new.password, checked=checked),
        lambda: new.form.check_groups(groups),
        lambda: belonging.check(new.belongs) if new.belongs else None,
    )
    _store(user)
    note("user.created", user, via=via, actor=_actor(access), changes={"login": [None, user.login]})
    if new.belongs:
        belonging.put(access, user, new.belongs, via=via)
    return user


@transaction.atomic
def edit(access: Access, user: User, profile: dict[str, str], *, via: str) -> User:
    """Change names, login and e-mail. Raises `Forbidden` or `Invalid`."""
    lock(user)
    must_manage(access, user)
    before = {name: getattr(user, name) for name in PROFILE}
    _fill_profile(user, {**before, **profile})
    changes = {
        name: [before[name], getattr(user, name)] for name in PROFILE if before[name] != getattr(user, name)
    }
    if "email" in changes and servers.can_write():
        spare_own(access, user)
    if changes:
        _store(user)
        note("user.edited", user, via=via, actor=_actor(access), changes=changes)
    return user


@transaction.atomic
def place(access: Access, user: User, *, kind: str, role: Role, head: User | None, via: str) -> User:
    """Change the kind of account, the role and the head; the right to do so is checked against the role given.

    Raises `Forbidden` (`last_director` for the director), `Invalid` for a head that makes a circle.
    """
    lock(user)
    before = {name: getattr(user, name) for name in PLACE}
    wanted = {"kind": kind, "role_id": role.pk, "head_id": head.pk if head else None}
    changes = {
        name: [_plain(before[name]), _plain(wanted[name])] for name in PLACE if before[name] != wanted[name]
    }
    if not changes:
        return user
    spare_director(user)
    must_manage(access, user, fully=True)
    _fill_place(access, user, kind, role, head)
    _revoke(user)
    _store(user)
    note("user.placed", user, via=via, actor=_actor(access), changes=changes)
    return user


@transaction.atomic
def save(access: Access, user: User, changes: Changes, *, via: str) -> User:
    """All that a form about a user changes, or nothing of it. Raises what `edit`, `place` and `set_status` raise."""
    edit(access, user, changes.profile, via=via)
    if changes.kind and changes.role:
        place(access, user, kind=changes.kind, role=changes.role, head=changes.head, via=via)
    if changes.belongs:
        belonging.put(access, user, changes.belongs, via=via)
    if changes.status:
        set_status(access, user, changes.status, via=via)
    return user


@transaction.atomic
def set_status(access: Access, user: User, status: str, *, via: str) -> User:
    """Change the status with its effect at once: sessions, remembered browsers and, for who leaves, keys (R6.02).

    Raises `Forbidden`: `last_director` for the director, and nobody switches off the own account.
    """
    if status not in Status.values:
        raise Invalid({"status": _("There is no such status.")})
    lock(user)
    if status == user.status:
        return user
    spare_director(user)
    must_manage(access, user, fully=True)
    if user.pk == access.user_id:
        raise Forbidden(_("changing your own status"))
    before, user.status = user.status, status
    _revoke(user)
    links.forget(user)
    if not user.may_enter:
        user.tokens.all().delete()
    _store(user)
    note(
        "user.status_changed",
        user,
        via=via,
        actor=_actor(access),
        changes={"status": [str(before), str(status)]},
    )
    return user


@transaction.atomic
def give_password(
    access: Access, user: User, password: str, *, via: str, must_change: bool, checked: bool = True
) -> None:
    """A new password from an administrator; by default it works once and must be changed at once (R6.04)."""
    lock(user)
    must_manage(access, user)
    spare_own(access, user)
    passwords.put(user, password, checked=checked)
    user.must_change_password = must_change
    _revoke(user)
    links.forget(user)
    user.save()
    announce_password(user)
    note("user.password_given", user, via=via, actor=_actor(access))


def roles_to_give(access: Access) -> list[Role]:
    """The roles this person may give: never rights of finance or authorisation that he has not himself (N08)."""
    roles: Iterable[Role] = Role.objects.order_by("id")
    if not access.has(USERS.name):
        roles = [role for role in roles if role.key == AccountKind.MANAGER]
    return [role for role in roles if _may_give(access, role)]


def _may_give(access: Access, role: Role) -> bool:
    apart = {name for name in role.switches if name in SWITCHES and SWITCHES[name].area != GENERAL}
    return all(access.has(name) for name in apart) and (
        access.is_director or role.key != AccountKind.DIRECTOR
    )


def must_manage(access: Access, user: User, *, fully: bool = False) -> None:
    """Raise `Forbidden` unless this person may manage the account; `fully` is more than a head may (R4.04)."""
    if access.has(USERS.name) and _may_give(access, user.role):
        return
    own = user.head_id == access.user_id and user.kind == AccountKind.MANAGER
    if fully or not (own and access.has(TEAM_USERS.name)):
        raise Forbidden(_("managing users"))


def lock(user: User) -> None:
    """Take the account for the transaction that is open and read it anew (R12.04).

    Whoever opened a page before another's change never puts the old status, role or password back by saving it.
    """
    user.refresh_from_db(from_queryset=User.objects.select_for_update())


def spare_own(access: Access, user: User) -> None:
    """Rights over people are no way around the own current password, nor around the own mailbox (R6.04)."""
    if user.pk == access.user_id:
        raise Forbidden(message=_("Your own password and e-mail are changed in your profile."))


def spare_director(user: User) -> None:
    """Nobody limits, demotes or removes the one director (I02, R4.02)."""
    if user.is_director:
        raise Forbidden(_("limiting the director"), code="last_director")


def _fill_profile(user: User, values: dict[str, str], form: UserForm = FULL) -> None:
    wrong = form.fill(user, values)
    others = User.objects.exclude(pk=user.pk)
    if user.email and others.filter(email_key=fold(user.email)).exists():
        wrong["email"] = _("A user with this e-mail already exists.")
    if user.email and not looks_like_email(user.email):
        wrong["email"] = _("Write an e-mail, for example name@company.ru.")
    if others.filter(login_key=fold(user.login)).exists():
        wrong["login"] = _("A user with this login already exists.")
    if wrong:
        raise Invalid(wrong)


def _fill_place(access: Access, user: User, kind: str, role: Role | None, head: User | None) -> None:
    if not access.has(USERS.name):  # a head makes managers of his own and nothing else (R4.04)
        kind, head, role = AccountKind.MANAGER, User.objects.get(pk=access.user_id), None
    if kind not in AccountKind.values:
        raise Invalid({"kind": _("There is no such kind of account.")})
    if kind == AccountKind.DIRECTOR and User.objects.filter(kind=kind).exclude(pk=user.pk).exists():
        raise Forbidden(_("a second director"), code="last_director")
    role = role or Role.objects.filter(key=kind).first()
    if role is None or not _may_give(access, role):
        raise Invalid({"role": _("Choose a role you may give.")})
    _refuse_circle(user, head)
    user.kind, user.role, user.head = kind, role, head


def _refuse_circle(user: User, head: User | None) -> None:
    seen = {user.pk}
    while head:
        if head.pk in seen:
            raise Invalid({"head": _("A person can't be the head of one's own head.")})
        seen.add(head.pk)
        head = head.head


def _revoke(user: User) -> None:
    """End sessions and remembered browsers at once."""
    user.session_version += 1
    if not user._state.adding:
        end_sessions(user)


def _store(user: User) -> None:
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        raise Invalid({"login": _("A user with this login or e-mail already exists.")}) from None


def _together(*steps: Callable[[], None]) -> None:
    """Take all steps, so that one refusal names everything that is wrong. Raises `Invalid`."""
    wrong: dict[str, Any] = {}
    for step in steps:
        try:
            step()
        except Invalid as refusal:
            wrong |= refusal.fields
    if wrong:
        raise Invalid(wrong)


def _actor(access: Access) -> int | None:
    return access.user_id or None


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, int | str) else None
