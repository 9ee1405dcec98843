"""The server that sends the project's letters, and the links they carry."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from opora.kit.ids import new_id


class Security(models.TextChoices):
    """How the talk with a mail server is protected."""

    TLS = "tls", _("TLS from the start (465)")
    STARTTLS = "starttls", _("STARTTLS (587)")
    PLAIN = "plain", _("Nothing: only inside one's own network")


class MailServer(models.Model):
    """The project's own mail server, at most one row. The password is sealed (`opora.people.seals`)."""

    id = models.BigIntegerField(primary_key=True, default=1, editable=False)
    is_on = models.BooleanField(default=True)
    host = models.CharField(max_length=253)
    port = models.PositiveIntegerField()
    security = models.CharField(max_length=8, choices=Security.choices, default=Security.TLS)
    login = models.CharField(max_length=254, blank=True, default="")
    password_sealed = models.TextField(blank=True, default="")
    sender = models.CharField(max_length=254)
    sender_name = models.CharField(max_length=100, blank=True, default="")
    site = models.CharField(max_length=200)


class LinkPurpose(models.TextChoices):
    """What a link from a letter is for."""

    INVITATION = "invitation", _("invitation")
    RESET = "reset", _("new password")
    EMAIL = "email", _("new e-mail")


class MailLink(models.Model):
    """A link that opens an account once (R6.03): only its hash is stored, bound to the user and the e-mail.

    `address` is the folded e-mail of the account when the link was made; for a change of e-mail, the new one as typed.
    """

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mail_links")
    purpose = models.CharField(max_length=12, choices=LinkPurpose.choices)
    key_hash = models.CharField(max_length=64, unique=True)
    address = models.CharField(max_length=254, blank=True, default="")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "purpose"], name="people_one_link_a_purpose")]
