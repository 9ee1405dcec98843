"""The gallery served over HTTP with the joined, hashed static files of production, and a Chromium to look at it."""

import os
import shutil
import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.test import override_settings
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

MIDDLEWARE = [
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "opora.ui.middleware.SecurityHeaders",
    "opora.ui.middleware.SpokenLanguage",
    "opora.ui.refusals.RefusalMiddleware",
]


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Tests print nothing for each request."""


class Threaded(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True


@pytest.fixture(scope="session")
def static_root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The static files as `collectstatic` leaves them."""
    root = tmp_path_factory.mktemp("static")
    stores = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "opora.ui.assets.JoinedFiles"},
    }
    with override_settings(STATIC_ROOT=root, STORAGES=stores, WHITENOISE_USE_FINDERS=False):
        call_command("collectstatic", interactive=False, verbosity=0)
        yield root


@pytest.fixture(scope="module")
def gallery(static_root: Path) -> Iterator[str]:
    """The address of a running gallery."""
    stores = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "opora.ui.assets.JoinedFiles"},
    }
    with override_settings(
        ROOT_URLCONF="tests.ui.gallery",
        MIDDLEWARE=MIDDLEWARE,
        LOGIN_URL="sign_in",
        STATIC_ROOT=static_root,
        STORAGES=stores,
        TEMPLATES=[{"BACKEND": "opora.ui.jinja.Templates", "NAME": "jinja2", "APP_DIRS": True}],
        DEBUG=False,
    ):
        server = make_server("127.0.0.1", 0, WSGIHandler(), server_class=Threaded, handler_class=Quiet)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The machine's Chromium; without one these tests are skipped with words, in CI they fail.

    Only for one module at a time: its event loop would keep the tests of other modules from the database.
    """
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not path:
        message = "no Chromium on this machine: install it or name it in CHROMIUM"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def desk(chromium: Browser, gallery: str) -> Iterator[Page]:
    """A page at 1440 × 900; a script's error fails the test."""
    yield from _page(
        chromium.new_context(viewport={"width": 1440, "height": 900}, base_url=gallery, locale="ru-RU")
    )


@pytest.fixture
def phone(chromium: Browser, gallery: str) -> Iterator[Page]:
    """A page of a phone, 390 × 844."""
    size = {"width": 390, "height": 844}
    yield from _page(
        chromium.new_context(viewport=size, base_url=gallery, locale="ru-RU", has_touch=True, is_mobile=True)
    )


def _page(context: BrowserContext) -> Iterator[Page]:
    context.add_init_script(
        "window.refusedByPolicy = [];"
        "addEventListener('securitypolicyviolation', e => refusedByPolicy.push(e.violatedDirective))"
    )
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.emulate_media(reduced_motion="reduce")
    yield page
    refused = page.evaluate("window.refusedByPolicy || []")
    context.close()
    assert refused == []
    assert faults == []
