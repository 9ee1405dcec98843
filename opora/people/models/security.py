"""What a project asks of passwords and sessions (R6.04, R6.08)."""

from django.db import models


class SecurityRules(models.Model):
    """The rules of a project, at most one row; without it the installation's hold (`opora.people.security`)."""

    id = models.BigIntegerField(primary_key=True, default=1, editable=False)
    password_length = models.PositiveSmallIntegerField()
    idle_minutes = models.PositiveIntegerField()
    session_days = models.PositiveSmallIntegerField()
