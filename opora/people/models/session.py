"""Sessions of people signed in by password (R6.08)."""

from django.conf import settings
from django.db import models

from opora.kit.ids import new_id


class Session(models.Model):
    """A browser that is signed in. The cookie's random value is stored only as a hash bound to the project."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    key_hash = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sessions")
    version = models.IntegerField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    is_lasting = models.BooleanField(default=True)
    address = models.CharField(max_length=45, blank=True, default="")
    agent = models.CharField(max_length=200, blank=True, default="")
