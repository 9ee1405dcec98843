"""Every component, in both themes and widths: accessible, not wider than the window, within the policy."""

import pytest
from playwright.sync_api import Page

from tests.ui import axe

PAGES = [
    "/",
    "/contacts/",
    "/contacts/42/",
    "/deals/",
    "/form/",
    "/sign-in/",
    "/refused/404/",
    "/refused/409/",
]


def _themed(page: Page, address: str, theme: str) -> None:
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")
    page.goto(address)
    assert page.evaluate("document.documentElement.dataset.theme") == theme


@pytest.mark.req("R7.02", "N22")
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("address", PAGES)
def test_page_is_accessible_on_a_desk(desk: Page, address: str, theme: str) -> None:
    _themed(desk, address, theme)
    assert axe.faults(desk) == []
    assert axe.sideways(desk) <= 0


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("address", PAGES)
def test_page_is_accessible_on_a_phone(phone: Page, address: str, theme: str) -> None:
    _themed(phone, address, theme)
    assert axe.faults(phone) == []
    assert axe.sideways(phone) <= 0


@pytest.mark.parametrize("address", PAGES)
def test_page_does_not_scroll_sideways_at_320(phone: Page, address: str) -> None:
    phone.set_viewport_size({"width": 320, "height": 640})
    phone.goto(address)
    assert axe.sideways(phone) <= 0
