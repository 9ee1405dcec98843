"""Pictures of the running product, and what axe says of each page.

    python -m tools.shots                     serve the demo in a folder of its own and take all of tools/shots.toml
    python -m tools.shots http://127.0.0.1:8000/projects/demo today=/ contacts=/contacts/ --login demo --password demo
    python -m tools.shots … [--themes light dark] [--languages ru en uz] [--sizes desk phone] [--to FOLDER] [--no-axe]

Each page becomes NAME.png; `-dark`, `-en` and `m-` (390 px) mark the others. It exits 1 when axe finds a fault, a page
scrolls sideways, a script fails or a page answers with an error. Chromium is the machine's (CHROMIUM names another).
"""

import argparse
import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
AXE = ROOT / "tests/vendor/axe.min.js"
PLAN = Path(__file__).with_name("shots.toml")
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
SIZES = {"desk": (1440, 900), "phone": (390, 844)}


@dataclass(frozen=True)
class Look:
    """One way to look at a page."""

    size: str
    theme: str
    language: str

    def file(self, name: str) -> str:
        """The picture's file name."""
        marks = ("-dark" if self.theme == "dark" else "") + (
            f"-{self.language}" if self.language != "ru" else ""
        )
        return ("m-" if self.size == "phone" else "") + name + marks + ".png"


def chromium_path() -> str:
    """The machine's Chromium; stops with words when there is none."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    return found or sys.exit("No Chromium on this machine: install it or name it in CHROMIUM")


def opened(browser: Browser, base: str, look: Look) -> BrowserContext:
    """A browser that looks that way."""
    width, height = SIZES[look.size]
    phone = look.size == "phone"
    context = browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=2 if phone else 1,
        is_mobile=phone,
        has_touch=phone,
        locale=look.language,
        color_scheme="dark" if look.theme == "dark" else "light",
        reduced_motion="reduce",
    )
    address = urlsplit(base)
    path = (address.path.rstrip("/") or "") + "/"
    for name, value in (("opora_theme", look.theme), ("opora_language", look.language)):
        context.add_cookies([{"name": name, "value": value, "domain": address.hostname or "", "path": path}])
    return context


@contextlib.contextmanager
def demo_served() -> Iterator[str]:
    """The demo project, served on a free port from a folder that is thrown away; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        command = [str(Path(sys.executable).with_name("opora")), "serve", "--demo", "--port", str(port)]
        server = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "DATA": folder})
        try:
            yield _listening(port, server)
        finally:
            server.terminate()
            server.wait(30)


def _listening(port: int, server: subprocess.Popen[bytes]) -> str:
    until = time.monotonic() + 300
    while server.poll() is None and time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return f"http://127.0.0.1:{port}/projects/demo"
        time.sleep(0.5)
    sys.exit("The demo project could not be served")


def sign_in(page: Page, base: str, login: str, password: str) -> None:
    """Signs in as a person does."""
    page.goto(f"{base}/sign-in/")
    page.fill("[name=login]", login)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_load_state("networkidle")


def faults(page: Page, axe: bool) -> list[str]:
    """What is wrong with the open page."""
    found = []
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    if wide > 0:
        found.append(f"scrolls {wide} px sideways")
    if axe:
        page.evaluate(AXE.read_text("utf-8"))
        for rule in page.evaluate("rules => axe.run({ runOnly: rules })", RULES)["violations"]:
            places = ", ".join(str(node["target"][0]) for node in rule["nodes"][:3])
            found.append(f"{rule['impact']} {rule['id']}: {places}")
    return found


def take(page: Page, address: str, picture: Path, axe: bool) -> list[str]:
    """Opens the address, takes its picture and answers with its faults."""
    failed: list[str] = []
    page.on("pageerror", lambda error: failed.append(f"script: {error}"))
    answer = page.goto(address)
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    page.screenshot(path=picture)
    if answer and answer.status >= 400:
        failed.append(f"answers {answer.status}")
    return failed + faults(page, axe)


def first_link(page: Page, base: str, listed: str, pattern: str) -> str:
    """The path of the first link of a list; the list's own path when it has none."""
    page.goto(base + listed)
    link = page.locator(pattern).first
    found = link.get_attribute("href") if link.count() else None
    return found.removeprefix(urlsplit(base).path) if found else listed


def wanted() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("base", nargs="?", help="address of the project, without a slash at the end")
    parser.add_argument("pages", nargs="*", metavar="NAME=PATH")
    parser.add_argument("--themes", nargs="+", default=["light"], choices=["light", "dark"])
    parser.add_argument("--languages", nargs="+", default=["ru"], choices=["ru", "en", "uz"])
    parser.add_argument("--sizes", nargs="+", default=["desk"], choices=list(SIZES))
    parser.add_argument("--to", type=Path, default=ROOT / "docs/pictures")
    parser.add_argument("--login")
    parser.add_argument("--password", default="")
    parser.add_argument("--no-axe", action="store_true")
    return parser.parse_args()


def shoot(browser: Browser, base: str, look: Look, pages: dict[str, str], asked: argparse.Namespace) -> int:
    """Every page in one look; answers with how many have faults."""
    plan = tomllib.loads(PLAN.read_text("utf-8")) if not asked.pages else {}
    login, password = asked.login or plan.get("login"), asked.password or plan.get("password", "")
    context = opened(browser, base, look)
    pages = dict(pages)
    if "sign-in" in pages:
        picture = asked.to / look.file("sign-in")
        print(
            picture.name,
            *take(context.new_page(), base + pages.pop("sign-in"), picture, not asked.no_axe),
            sep="\n  ",
        )
    if login:
        page = context.new_page()
        sign_in(page, base, login, password)
        pages |= {name: first_link(page, base, *where) for name, where in plan.get("first", {}).items()}
    broken = 0
    for name, path in pages.items():
        picture = asked.to / look.file(name)
        found = take(context.new_page(), base + path, picture, not asked.no_axe)
        broken += bool(found) and name != "refusal"
        print(picture.name, *found, sep="\n  ")
    context.close()
    return broken


def main() -> int:
    """Takes every picture; 1 when something is wrong with a page."""
    asked = wanted()
    asked.to.mkdir(parents=True, exist_ok=True)
    looks = [Look(s, t, lang) for s in asked.sizes for t in asked.themes for lang in asked.languages]
    with contextlib.ExitStack() as running:
        base = asked.base or running.enter_context(demo_served())
        given = dict(item.split("=", 1) for item in asked.pages)
        pages = given or tomllib.loads(PLAN.read_text("utf-8"))["pages"]
        playwright = running.enter_context(sync_playwright())
        browser = playwright.chromium.launch(
            executable_path=chromium_path(), args=["--no-sandbox", "--disable-gpu"]
        )
        broken = sum(shoot(browser, base, look, pages, asked) for look in looks)
        browser.close()
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
