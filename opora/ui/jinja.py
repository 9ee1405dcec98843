"""The templates' environment: what every template may call, and the backend that finds them in the apps."""

import hashlib
import logging
import re
import secrets
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.backends.jinja2 import Jinja2
from django.templatetags.static import static
from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, gettext, ngettext, npgettext, override, pgettext
from jinja2 import FileSystemBytecodeCache, StrictUndefined
from markupsafe import Markup

from opora.ui import formats, writing
from opora.ui.flash import take
from opora.ui.language import choices
from opora.ui.wording import SpokenEnvironment
from opora.ui.writing import written

log = logging.getLogger("opora.ui")
CSRF_INPUT = Markup('<input type="hidden" name="csrfmiddlewaretoken" value="{}">')
SPRITE = "ui/icons.svg"
ADDRESSED = frozenset({"STORAGES", "STATIC_URL", "STATIC_ROOT"})
_MARKS = re.compile(r"[«»\"“”'№.,()]")


class Missing(StrictUndefined):
    """A name no view gave: it may be tested (an option left out), but never printed or walked through."""

    __slots__ = ()

    def __bool__(self) -> bool:  # type: ignore[override]
        return False


class Templates(Jinja2):
    """Django's Jinja2 backend over `<app>/templates/` of every app, with the project's environment."""

    app_dirname = "templates"

    def __init__(self, params: dict[str, Any]) -> None:
        options = {
            "environment": "opora.ui.jinja.environment",
            "context_processors": ["opora.ui.jinja.page_context"],
            **params.get("OPTIONS", {}),
        }
        super().__init__({**params, "OPTIONS": options})
        setting_changed.connect(self._forget)

    @property  # type: ignore[override]
    def env(self) -> SpokenEnvironment:
        """The environment of the language that is spoken now."""
        language = get_language() or settings.LANGUAGE_CODE
        found = self._spoken.get(language)
        if found is None:
            found = self._spoken[language] = spoken(self._plain, language)
        return found

    @env.setter
    def env(self, made: SpokenEnvironment) -> None:
        self._plain, self._spoken = made, dict[str, SpokenEnvironment]()

    def _forget(self, *, setting: str, **_more: Any) -> None:
        """Tests change where static files stand, which compiled templates name."""
        if setting in ADDRESSED:
            self._spoken.clear()


def spoken(env: SpokenEnvironment, language: str) -> SpokenEnvironment:
    """The same environment for one language, with templates compiled for it."""
    found = env.overlay(cache_size=400)
    found.language, found.drawn = language, {"icon": icon, "fixed": lambda name: fixed(found, name)}
    found.bytecode_cache = None if settings.DEBUG else _kept(language)
    return found


def fixed(env: SpokenEnvironment, name: str) -> Markup:
    """What a template draws that knows nothing of the request: `{{ fixed('ui/keys.html') }}` is text once compiled."""
    with override(env.language):
        return Markup(env.get_template(name).render())  # noqa: S704 - the environment escapes


def _kept(language: str) -> FileSystemBytecodeCache:
    """Compiled templates on disk, under a name that changes with the catalogue, sprite and templates they hold."""
    catalogues = [Path(str(root), language, "LC_MESSAGES", "django.mo") for root in settings.LOCALE_PATHS]
    templates = Path(__file__).with_name("templates").rglob("*.html")
    held = [
        asset(SPRITE),
        Path(writing.__file__).read_bytes(),
        *(path.read_bytes() for path in [*catalogues, *sorted(templates)] if path.exists()),
    ]
    mark = hashlib.sha256(repr(held).encode()).hexdigest()[:16]
    return FileSystemBytecodeCache(pattern=f"__opora_{language}_{mark}_%s.cache")


def link(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a named route: `url('contacts:card', contact.id)`; `query={}` adds a query string."""
    if not args and not kwargs:
        return _fixed(name, get_script_prefix(), get_urlconf())
    query: Mapping[str, Any] | None = kwargs.pop("query", None)
    return reverse(name, args=args or None, kwargs=kwargs or None, query=query or None)


@lru_cache(maxsize=4096)
def _fixed(name: str, prefix: str, urls: str | None) -> str:
    """The address of a route without arguments: below one prefix it never changes, and a page has thirty."""
    return reverse(name, urls)


@lru_cache(maxsize=1024)
def asset(path: str) -> str:
    """The address of a static file. Remembered: a page asks a hundred times, the answer changes with a release."""
    return static(path)


@lru_cache(maxsize=2048)
def icon(name: str, cls: str = "") -> Markup:
    """An icon of the sprite; the names are those of @tabler/icons (outline). Decorative: words stand beside it."""
    if name not in _drawn():
        log.warning("No icon %s in the sprite: python -m tools.sprite --add %s", name, name)
    return Markup(
        '<svg class="icon {}" width="16" height="16" aria-hidden="true"><use href="{}#i-{}"/></svg>'
    ).format(cls, asset(SPRITE), name)


@lru_cache(maxsize=1)
def _drawn() -> frozenset[str]:
    return frozenset(Path(__file__).with_name("icons.txt").read_text("utf-8").split())


def forget_addresses(*, setting: str, **_more: Any) -> None:
    """Tests change where static files stand."""
    if setting in ADDRESSED:
        asset.cache_clear()
        icon.cache_clear()


setting_changed.connect(forget_addresses)


@lru_cache(maxsize=10_000)
def initials(name: str) -> str:
    """Two letters for an avatar: «Пекарня „Хлебница“» gives ПХ; a phone number gives «?»."""
    words = [word for word in _MARKS.sub(" ", str(name)).split() if word[0].isalnum()]
    letters = "".join(word[0] for word in words[:2]).upper()
    return letters if letters and not letters[0].isdigit() else "?"


def attributes(**values: Any) -> Markup:
    """HTML attributes from names and values: `_` becomes `-`, None and False are left out, True stands alone."""
    parts = []
    for name, value in values.items():
        if value is True:
            parts.append(f" {_dashed(name)}")
        elif value is not None and value is not False:
            parts.append(f' {_dashed(name)}="{written(value)}"')
    return Markup("".join(parts))  # noqa: S704 - every part of it has been escaped


@lru_cache(maxsize=1000)
def _dashed(name: str) -> str:
    return written(name.strip("_").replace("_", "-"))


def form_key() -> Markup:
    """The hidden field that makes a repeated form harmless: the same key is the same write."""
    return Markup('<input type="hidden" name="_key" value="{}">').format(secrets.token_urlsafe(12))


def page_context(request: HttpRequest) -> dict[str, Any]:
    """What every page knows: nonce, request number, theme, languages, the message of the step before."""
    return {
        # One token for all forms of a page; Django would mask the secret anew for each.
        "csrf_token": SimpleLazyObject(lambda: get_token(request)),
        "csrf_input": SimpleLazyObject(lambda: CSRF_INPUT.format(get_token(request))),
        "nonce": SimpleLazyObject(lambda: getattr(request, "csp_nonce", "")),
        "request_number": getattr(request, "number", ""),
        "theme": getattr(request, "theme", "auto"),
        "language": get_language() or settings.LANGUAGE_CODE,
        "languages": choices(),
        "flash": SimpleLazyObject(lambda: take(request)),
        "debug": settings.DEBUG,
    }


def environment(**options: Any) -> SpokenEnvironment:
    """The Jinja2 environment of the whole product."""
    options["undefined"] = Missing
    env = SpokenEnvironment(
        **{
            "trim_blocks": True,
            "lstrip_blocks": True,
            "extensions": ["jinja2.ext.i18n", "jinja2.ext.do"],
            **options,
        }
    )
    env.policies["ext.i18n.trimmed"] = True
    env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    env.globals.update(url=link, static=asset, icon=icon, attrs=attributes, form_key=form_key)
    for name in (
        "money",
        "short_money",
        "ago",
        "day",
        "short_day",
        "when",
        "due",
        "clock",
        "exact",
        "weekday",
    ):
        env.globals[name] = getattr(formats, name)
    for name in ("number", "percent", "size", "money", "short_money", "day", "ago", "when"):
        env.filters[name] = getattr(formats, name)
    env.filters["initials"] = initials
    return env
