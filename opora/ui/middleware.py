"""What every answer carries: a request number, security headers (R7.02), the language and the theme."""

import secrets
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers

from opora.ui.flash import forget_taken
from opora.ui.language import chosen

Next = Callable[[HttpRequest], HttpResponseBase]
THEME_COOKIE = "opora_theme"
THEMES = ("auto", "light", "dark")

_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
    "img-src 'self' data:; connect-src 'self'; font-src 'self'; media-src 'self'; manifest-src 'self'; "
    "worker-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "object-src 'none'"
)


class SecurityHeaders:
    """Gives the request its number and nonce, and every answer its headers. Stands first."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        digits = secrets.token_hex(4).upper()
        request.number = f"{digits[:4]}-{digits[4:]}"  # type: ignore[attr-defined]
        request.csp_nonce = secrets.token_urlsafe(16)  # type: ignore[attr-defined]
        response = self.get_response(request)
        self._dress(request, response)
        return response

    def _dress(self, request: HttpRequest, response: HttpResponseBase) -> None:
        headers = response.headers
        headers.setdefault("X-Request-Id", request.number)  # type: ignore[attr-defined]
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        if request.is_secure():
            headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        if headers.get("Content-Type", "").startswith("text/html"):
            headers.setdefault("Content-Security-Policy", _POLICY.format(nonce=request.csp_nonce))  # type: ignore[attr-defined]
        headers.setdefault("Cache-Control", "no-store")
        forget_taken(request, response)


class SpokenLanguage:
    """Sets the language and the theme of the request. Stands after whatever knows the person."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.theme = _theme(request)  # type: ignore[attr-defined]
        language = chosen(request)
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ["Accept-Language"])
        return response


def _theme(request: HttpRequest) -> str:
    user = getattr(request, "user", None)
    for wanted in (getattr(user, "theme", ""), request.COOKIES.get(THEME_COOKIE, "")):
        if wanted in THEMES:
            return str(wanted)
    return getattr(settings, "THEME", "auto")
