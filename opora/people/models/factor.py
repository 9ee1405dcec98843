"""The second factor of a person: an authenticator's secret and the recovery codes (R6.07)."""

from django.conf import settings
from django.db import models

from opora.kit.ids import new_id


class SecondFactor(models.Model):
    """The secret an authenticator app shares with the project, sealed (R3.06).

    `last_step` is the thirty seconds of the last code that was accepted: an older one, and the same, is refused.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="second_factor"
    )
    secret_sealed = models.TextField()
    last_step = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()


class RecoveryCode(models.Model):
    """A code that stands in for the authenticator once; only its hash is stored, and a used one is deleted."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recovery_codes"
    )
    code_hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "code_hash"], name="people_recovery_once")]
