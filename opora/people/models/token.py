"""API keys (R6.09)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from opora.kit.ids import new_id


class TokenScope(models.TextChoices):
    """What a key may do at most; never more than its owner may do now."""

    LEADS = "leads", _("send leads")
    READ = "read", _("see records")
    WRITE = "write", _("read and edit")
    EXPORT = "export", _("export")
    ADMIN = "admin", _("administer")


class Token(models.Model):
    """An API key. Shown once, stored hashed; `prefix` is what people recognise it by."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=100, blank=True, default="")
    prefix = models.CharField(max_length=16)
    key_hash = models.CharField(max_length=64, unique=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tokens")
    scopes = models.JSONField(default=list)
    ranges = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name or self.prefix
