"""A user of one project. The same e-mail in two projects is two unrelated accounts (R3.03)."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from opora.kit.ids import new_id
from opora.kit.text import fold
from opora.people.models.role import Role
from opora.people.models.structure import Branch, Department

AVATAR_HUES = 7


class Status(models.TextChoices):
    """Whether an account may be used (I01)."""

    ACTIVE = "active", _("Active")
    BY_ADDRESS = "by_address", _("Limited by IP")
    ACTIVATION = "activation", _("Waiting for e-mail")
    OFF = "off", _("Not active")
    DISMISSED = "dismissed", _("Dismissed")


class AccountKind(models.TextChoices):
    """The place in the hierarchy that team rights are made of (I02-I05)."""

    DIRECTOR = "director", _("Director")
    HEAD = "head", _("Head")
    MANAGER = "manager", _("Manager")


class UserManager(BaseUserManager["User"]):
    """Finds users by the folded login, as Django's user model asks."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """The user of that login, however it is typed. Raises `User.DoesNotExist`."""
        return self.get(login_key=fold(username or ""))


class User(AbstractBaseUser):
    """A person who works in the project."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    login = models.CharField(max_length=64)
    login_key = models.CharField(max_length=64, unique=True, editable=False)
    first_name = models.CharField(max_length=60)
    last_name = models.CharField(max_length=60, blank=True, default="")
    email = models.CharField(max_length=254, blank=True, default="")
    email_key = models.CharField(max_length=254, blank=True, default="", editable=False)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.ACTIVE)
    kind = models.CharField(max_length=10, choices=AccountKind.choices, default=AccountKind.MANAGER)
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="users")
    head = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="reports")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, blank=True)
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, null=True, blank=True)
    language = models.CharField(max_length=5, blank=True, default="")
    theme = models.CharField(max_length=5, blank=True, default="")
    time_zone = models.CharField(max_length=40, blank=True, default="")
    hue = models.PositiveSmallIntegerField(default=0)
    session_version = models.IntegerField(default=1)
    must_change_password = models.BooleanField(default=False)
    has_factor = models.BooleanField(default=False)
    takes_letters = models.BooleanField(default=True, db_default=True)
    password_changed_at = models.DateTimeField(null=True, blank=True)
    last_address = models.CharField(max_length=45, blank=True, default="")
    last_seen_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    last_login = None
    USERNAME_FIELD = "login_key"
    objects = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["email_key"], name="people_email_once", condition=~models.Q(email_key="")
            ),
            models.UniqueConstraint(
                fields=["kind"], name="people_one_director", condition=models.Q(kind="director")
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """First and last name, as shown beside everything the person did."""
        return full_name(self.first_name, self.last_name) or self.login

    @property
    def is_director(self) -> bool:
        """Whether this is the one superuser of the project (I02)."""
        return self.kind == AccountKind.DIRECTOR

    @property
    def may_enter(self) -> bool:
        """Whether the status lets the person in at all (the address is asked apart)."""
        return self.status in (Status.ACTIVE, Status.BY_ADDRESS)

    @property
    def lacks_factor(self) -> bool:
        """Whether the role asks for a second factor that this person has not switched on yet (R6.07)."""
        return self.role.needs_factor and not self.has_factor

    def save(self, *args: Any, **options: Any) -> None:
        """Store the account with the folded keys that logins and e-mails are compared by."""
        self.login_key = fold(self.login)
        self.email_key = fold(self.email)
        if self._state.adding:
            self.hue = self.id % AVATAR_HUES
        super().save(*args, **options)


def full_name(first: str, last: str) -> str:
    """First and last name as they are shown; empty when there is neither."""
    return f"{first} {last}".strip()
