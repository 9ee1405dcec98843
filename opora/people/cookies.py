"""Cookies of the current project: what all of them have in common stands here once (R3.01, R6.08)."""

from django.http import HttpRequest, HttpResponseBase

from opora.tenancy.context import require_project


def put(
    request: HttpRequest,
    response: HttpResponseBase,
    name: str,
    value: str,
    seconds: int | None,
    *,
    is_secret: bool = True,
) -> None:
    """Leave a cookie that only this project's path gets, for so many seconds; None: as long as the browser is open.

    Scripts may read what is no secret; over TLS it goes over TLS only.
    """
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path=require_project().address,
        secure=request.is_secure(),
        httponly=is_secret,
        samesite="Lax",
    )


def drop(response: HttpResponseBase, name: str) -> None:
    """Take a cookie of this project away."""
    response.delete_cookie(name, path=require_project().address, samesite="Lax")
