"""Roles, what is shared by default, and what is shared one by one."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from opora.kit.ids import new_id
from opora.people.scopes import Scope, Scopes, scope_of


class Role(models.Model):
    """Switches and scopes under a name that may be translated.

    `scopes` is `{kind: {verb: scope}}`; `leader_scopes`, of the same shape, adds what a member reaches
    as the leader of a group. `needs_factor` asks everybody of the role for a second factor (R6.07).
    """

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=40, blank=True, default="")
    name = models.CharField(max_length=100)
    names = models.JSONField(default=dict, blank=True)
    scopes = models.JSONField(default=dict, blank=True)
    leader_scopes = models.JSONField(default=dict, blank=True)
    switches = models.JSONField(default=list, blank=True)
    needs_factor = models.BooleanField(default=False)

    def __str__(self) -> str:
        return str(self.names.get((get_language() or "")[:2], "") or self.name)

    def scope(self, kind: str, verb: str) -> Scope:
        """The scope of a verb on a kind."""
        scopes: Scopes = self.scopes
        return scope_of(scopes, kind, verb)


class ShareLevel(models.TextChoices):
    """What sharing allows. Reading never implies writing (R4.06)."""

    NONE = "none", _("nobody")
    READ = "read", _("to read")
    WRITE = "write", _("to read and edit")


class DefaultShare(models.Model):
    """What everyone may do with records of a kind that say nothing themselves (O15); absent means nothing."""

    kind = models.CharField(max_length=60, primary_key=True)
    level = models.CharField(max_length=5, choices=ShareLevel.choices)


class Share(models.Model):
    """One record shared with one person or group (O07, O15).

    `stamp` follows the record's own stamp, so that a person's newest shared records are one index walk.
    """

    USER, GROUP = "user", "group"

    kind = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    principal_type = models.CharField(max_length=5, choices=[(USER, _("user")), (GROUP, _("group"))])
    principal = models.BigIntegerField()
    level = models.CharField(max_length=5, choices=ShareLevel.choices)
    stamp = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "record_id", "principal"], name="people_share_once")
        ]
        indexes = [
            models.Index(fields=["kind", "principal", "-stamp", "-record_id"], name="people_share_newest"),
        ]
