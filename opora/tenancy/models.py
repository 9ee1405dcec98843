"""The directory: which projects there are and where each one's data lies."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from opora.tenancy.directory import ACTIVE, MAINTENANCE, REMOVED
from opora.tenancy.rows import DirectoryRow


class Node(DirectoryRow, models.Model):
    """A place that holds projects. An empty address is the installation's own database or folder."""

    name = models.CharField(max_length=40, unique=True)
    dsn = models.CharField(max_length=500, blank=True, default="", db_default="")

    def __str__(self) -> str:
        return self.name


class Project(DirectoryRow, models.Model):
    """A project: its address, the opaque key that names its database, and where that database is."""

    id = models.BigIntegerField(primary_key=True)
    slug = models.CharField(max_length=40)
    key = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=200)
    node = models.ForeignKey(Node, on_delete=models.PROTECT)
    schema_version = models.CharField(max_length=64, blank=True, default="", db_default="")
    status = models.CharField(
        max_length=12,
        choices=[(ACTIVE, "active"), (MAINTENANCE, "maintenance"), (REMOVED, "removed")],
        default=ACTIVE,
        db_default=ACTIVE,
    )
    created_at = models.DateTimeField(db_default=Now())
    removed_at = models.DateTimeField(null=True, blank=True)
    is_demo = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slug"], condition=~Q(status=REMOVED), name="one_project_a_slug"),
        ]

    def __str__(self) -> str:
        return self.slug


class UpgradeScript(DirectoryRow, models.Model):
    """The statements that took the template from one schema to the next, for every project at the first one.

    `steps` is a list of migrations in order: {app, name, statements}, statements None for one that runs code.
    """

    from_version = models.CharField(max_length=16)
    to_version = models.CharField(max_length=16)
    vendor = models.CharField(max_length=20)
    steps = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["from_version", "to_version", "vendor"], name="one_script_a_step"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_version} → {self.to_version}"
