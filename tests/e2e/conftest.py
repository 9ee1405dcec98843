"""Chromium against a real `opora serve` over a small project that has the demo firm's stages and fields."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Response,
    expect,
    sync_playwright,
)

from opora.demo.defining import Defined, define
from opora.people.models import User
from opora.people.tokens import issue
from opora.tenancy.context import ProjectRef
from tests.jobs import servers
from tests.people import PASSWORD, Cast

SIZES = {"desk": (1440, 900), "phone": (390, 844)}
WAIT = 15_000
"""Milliseconds after which what should have appeared has not. What must be quick is measured where it matters."""
REFUSED = "addEventListener('securitypolicyviolation', e => console.error('policy: ' + e.violatedDirective));"

LEFT = re.compile(r"htmx:(sendAbort|afterRequest),")
"""What htmx says of a request the browser gave up as the page went; any real failure is said by another word too."""

expect.set_options(timeout=WAIT)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The machine's Chromium; without one these tests are skipped with words, in CI they fail.

    Playwright keeps an event loop running in this thread, and the tests look into the database all the same: Django
    is told so, and only as long as the browser is open, for the sake of the tests of other modules.
    """
    named = os.environ.get("OPORA_CHROMIUM") or os.environ.get("CHROMIUM")
    path = named or shutil.which("chromium") or shutil.which("google-chrome")
    if not path:
        message = "no Chromium on this machine: install it or name it in OPORA_CHROMIUM"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(installation: object, seeded_projects: Any) -> Iterator[servers.Server]:
    """The product as an administrator starts it, jobs and live streams included.

    It ends with its module: its worker would do the jobs of other modules' tests.
    """
    seeded_projects("t1")
    with servers.running() as started:
        yield started


@dataclass
class Firm:
    """The project of these tests: its people, its stages and fields, its address and a key for leads."""

    cast: Cast
    defined: Defined
    address: str
    key: str

    def lead(self, **sent: Any) -> httpx.Response:
        """A lead as a site sends it: `json=` or `data=` (a form)."""
        return httpx.post(
            f"{self.address}api/v1/leads", headers={"Authorization": f"Bearer {self.key}"}, timeout=20, **sent
        )


@pytest.fixture(autouse=True)
def opened_browser(chromium: Browser) -> None:
    """The browser is open before anything looks into the database."""


@pytest.fixture
def firm(server: servers.Server, project: ProjectRef, cast: Cast, no_counts: None) -> Firm:
    """The cast's firm with the definitions of the demo."""
    key = issue(cast.head, ["leads"], name="Сайт")[1]
    return Firm(cast, define(0), server.address + project.address, key)


@dataclass
class Window:
    """A person's browser. `faults` gathers what must never happen: script errors, policy violations, failures."""

    firm: Firm
    page: Page
    faults: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Go to an address of the project."""
        self.page.goto(self.firm.address + path.lstrip("/"))
        return self.page

    def sign_in(self, user: User) -> Page:
        """Sign in by the page's form."""
        page = self.open("sign-in/")
        page.fill("[name=login]", user.login)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(re.compile(r"/projects/[^/]+/$"))
        return page

    def watch(self) -> None:
        """Begin to gather faults."""
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("console", self._heard)
        self.page.on("response", self._answered)

    def _answered(self, answer: Response) -> None:
        if answer.status >= 400:
            self.faults.append(f"{answer.status}: {answer.url}")

    def _heard(self, said: ConsoleMessage) -> None:
        """Errors are faults, but not that a page was left while a part of it was still being asked for."""
        if said.type == "error" and not LEFT.match(said.text):
            self.faults.append(f"console: {said.text}")


Opens = Callable[..., Window]


@pytest.fixture
def browse(chromium: Browser, firm: Firm) -> Iterator[Opens]:
    """Opens a person's browser: size, language, theme. Faults of any of them fail the test at its end."""
    windows: list[Window] = []
    with ExitStack() as closing:

        def opened(size: str = "desk", language: str = "ru", theme: str = "light") -> Window:
            window = Window(firm, closing.enter_context(_context(chromium, size, language, theme)).new_page())
            window.watch()
            windows.append(window)
            return window

        yield opened
        gathered = [fault for window in windows for fault in window.faults]
    assert gathered == []


def _context(browser: Browser, size: str, language: str, theme: str) -> BrowserContext:
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        is_mobile=size == "phone",
        has_touch=size == "phone",
        locale=language,
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
    )
    context.add_init_script(REFUSED)
    context.set_default_timeout(WAIT)
    return context
