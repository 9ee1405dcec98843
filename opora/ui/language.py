"""Which language a request speaks: the person's choice, the browser's cookie, its headers, then Russian."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language_from_request

COOKIE = "opora_language"
NAMES = {"ru": ("Ру", "Русский"), "en": ("En", "English"), "uz": ("Oʻz", "Oʻzbekcha")}


def choices() -> list[tuple[str, str, str]]:
    """(code, short name, own name) of every language, in the order they are offered."""
    return [(code, *NAMES[code]) for code, _name in settings.LANGUAGES if code in NAMES]


def chosen(request: HttpRequest) -> str:
    """The code of the language to speak in this request."""
    codes = {code for code, _name in settings.LANGUAGES}
    user = getattr(request, "user", None)
    for wanted in (getattr(user, "language", ""), request.COOKIES.get(COOKIE, "")):
        if wanted in codes:
            return str(wanted)
    if request.headers.get("Accept-Language"):
        return get_language_from_request(request)
    return getattr(request, "default_language", settings.LANGUAGE_CODE)
