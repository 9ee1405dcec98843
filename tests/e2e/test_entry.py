"""The way in as axe and a phone see it: second factor set up and asked for, links of letters, recovery codes."""

import re
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Page, expect

from opora.people.mail import links
from opora.people.models.mail import LinkPurpose
from tests.e2e.conftest import Firm, Opens, Window
from tests.people import PASSWORD
from tests.ui import axe

pytestmark = [pytest.mark.e2e, pytest.mark.req("N22", "R6.07")]


def seen(page: Page, found: dict[str, list[str]], name: str) -> None:
    """Look at a page: what axe finds, and whether it scrolls sideways."""
    page.wait_for_load_state("networkidle")
    wrong = axe.faults(page) + [f"{px} px sideways" for px in [axe.sideways(page)] if px > 0]
    found |= {name: wrong} if wrong else {}


def set_up(window: Window, found: dict[str, list[str]]) -> list[str]:
    """Switch the second factor on as a person with a phone does; gives the recovery codes."""
    page = window.open("profile/factor/")
    seen(page, found, "factor")
    address = page.get_by_role("link", name="Открыть в приложении").get_attribute("href") or ""
    phone = pyotp.parse_uri(address)
    assert isinstance(phone, pyotp.TOTP)
    page.fill("[name=code]", phone.now())
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    expect(page.locator(".codes li")).to_have_count(10)
    seen(page, found, "codes")
    with page.expect_download() as download:
        page.get_by_role("link", name="Скачать").click()
    codes = page.locator(".codes li").all_inner_texts()
    assert set(codes) <= set(Path(download.value.path()).read_text("utf-8").splitlines())
    return codes


@pytest.mark.parametrize(("size", "theme"), [("phone", "dark"), ("desk", "light")])
def test_the_way_in_has_no_fault(firm: Firm, browse: Opens, size: str, theme: str) -> None:
    found: dict[str, list[str]] = {}
    window = browse(size, theme=theme)
    window.sign_in(firm.cast.manager)
    codes = set_up(window, found)
    seen(window.open("profile/factor/removal/"), found, "removal")
    outside = browse(size, theme=theme)
    page = outside.open("sign-in/?next=/projects/t1/tasks/")
    page.fill("[name=login]", "manager")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(re.compile("/second-step/"))
    seen(page, found, "second step")
    page.get_by_role("link", name="Войти по резервному коду").click()
    page.wait_for_url(re.compile("way=recovery"))
    seen(page, found, "recovery")
    page.fill("[name=code]", codes[0].lower())
    page.press("[name=code]", "Enter")
    page.wait_for_url(re.compile("/tasks/"))
    for purpose, address in ((LinkPurpose.RESET, ""), (LinkPurpose.EMAIL, "new@example.com")):
        key = links.issue(firm.cast.colleague, purpose, address=address)
        seen(outside.open(f"link/{key}/"), found, f"link: {purpose}")
    assert found == {}
