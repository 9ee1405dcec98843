"""Form tokens: Django's check, with a cookie that belongs to one project."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.middleware import csrf
from django.utils.cache import patch_vary_headers

from opora.people.guards import guard_of
from opora.tenancy.context import current_project

PROJECT_COOKIE, SITE_COOKIE = "opora_csrf", "opora_site_csrf"


class FormTokenMiddleware(csrf.CsrfViewMiddleware):
    """Asks every changing request for the form's token, unless an API key signs it or the guard says otherwise.

    `csrf_exempt` of a framework's views is not enough to skip the check: only the guard's word counts.
    """

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], parts: dict[str, Any]
    ) -> Any:
        """Check the token. Stands after the sign-in middleware, which knows whether a key signed the request."""
        guard = guard_of(view)
        if getattr(request, "token", None) or (guard and not guard.checks_form):
            return None
        return super().process_view(request, _checked, args, parts)

    def _get_secret(self, request: HttpRequest) -> str | None:
        secret = request.COOKIES.get(_cookie())
        if secret is not None:
            csrf._check_token_format(secret)  # type: ignore[attr-defined]
        return secret

    def _set_csrf_cookie(self, request: HttpRequest, response: HttpResponseBase) -> None:
        project = current_project()
        response.set_cookie(
            _cookie(),
            request.META["CSRF_COOKIE"],
            max_age=settings.CSRF_COOKIE_AGE,
            path=project.address if project else "/",
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
        patch_vary_headers(response, ("Cookie",))


def _cookie() -> str:
    """A browser sends the cookies of `/` to projects too, so the two have different names."""
    return PROJECT_COOKIE if current_project() else SITE_COOKIE


def _checked(request: HttpRequest) -> HttpResponseBase:
    """Stands for any view that carries no `csrf_exempt`; it is never called."""
    raise NotImplementedError
