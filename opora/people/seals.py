"""Secrets of a project, sealed with a key that is in neither its database nor its backup (R3.06)."""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from opora.tenancy.context import require_project


def seal(text: str) -> str:
    """The text as it may be stored. Only this installation opens it, and only in the entered project."""
    return _box().encrypt(text.encode()).decode() if text else ""


def unseal(sealed: str) -> str | None:
    """The text that was sealed; None when it was sealed by another installation, as after a restore elsewhere."""
    if not sealed:
        return ""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def _box() -> Fernet:
    """The key of the project, derived from the installation's secret."""
    derive = HKDF(SHA256(), length=32, salt=None, info=f"opora seal {require_project().key}".encode())
    return Fernet(base64.urlsafe_b64encode(derive.derive(settings.SECRET_KEY.encode())))
