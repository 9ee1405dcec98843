"""The company's structure: groups, departments (a tree) and branches (N05, T02, T06)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from opora.kit.ids import new_id

DEPARTMENT_DEPTH = 20


class Group(models.Model):
    """A CRM group. Its id is a principal that records can be shared with, so it is unique beside users' ids."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=100)
    names = models.JSONField(default=dict, blank=True)
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="GroupMember", related_name="crm_groups"
    )

    def __str__(self) -> str:
        return self.name


class GroupMember(models.Model):
    """A user in a group; a group may have several leaders."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    is_leader = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "group"], name="people_member_once")]


class Category(models.Model):
    """What kind of worker somebody is ("installers", "trainees"); it sorts people and gives no rights (N05)."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=100)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="categories")

    def __str__(self) -> str:
        return self.name


class ModuleGate(models.Model):
    """Who has a kind of record at all (O30); a kind without a row is open to everybody."""

    EVERYBODY, CHOSEN, NOBODY = "everybody", "chosen", "nobody"

    kind = models.CharField(max_length=60, primary_key=True)
    opened = models.CharField(
        max_length=9,
        choices=[(EVERYBODY, _("Everybody")), (CHOSEN, _("Chosen people")), (NOBODY, _("Nobody"))],
    )

    def __str__(self) -> str:
        return self.kind


class ModuleGuest(models.Model):
    """A person or a group a gated kind is open to."""

    gate = models.ForeignKey(ModuleGate, on_delete=models.CASCADE, related_name="guests")
    principal = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["gate", "principal"], name="people_guest_once")]


class Branch(models.Model):
    """An office of the company, by geography."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=100)
    names = models.JSONField(default=dict, blank=True)

    def __str__(self) -> str:
        return self.name


class Department(models.Model):
    """A department. `path` holds the ids from the root to itself, `/12/40/`, so a subtree is one prefix.

    Its head leads all who are in it and below it, as a leader leads a group.
    """

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=100)
    names = models.JSONField(default=dict, blank=True)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    path = models.CharField(max_length=21 * DEPARTMENT_DEPTH + 1, db_index=True)
    head = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="headed"
    )

    def __str__(self) -> str:
        return self.name


class AddressRange(models.Model):
    """Addresses from which users limited by address get in: CIDR, from-to, or one address (I12)."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=100, blank=True, default="")
    span = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.name or self.span
