"""Every page of the product as axe sees it: both themes, both widths, no fault, nothing sideways, nothing in the console."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from opora.people.models import User
from tests.e2e.conftest import Firm, Opens
from tests.matrix.places import new, prepare
from tests.matrix.routes import ROWS, is_page
from tests.ui import axe

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900), pytest.mark.req("N22", "R7.02")]


def faults(page: Page) -> Iterator[str]:
    """What is wrong with the open page."""
    page.wait_for_load_state("load")
    expect(page.locator(".htmx-request")).to_have_count(0)
    yield from axe.faults(page)
    if axe.sideways(page) > 0:
        yield f"scrolls {axe.sideways(page)} px sideways"


@pytest.mark.parametrize(
    ("size", "theme"),
    [
        ("desk", "light"),
        ("phone", "dark"),
        pytest.param("desk", "dark", marks=pytest.mark.long),
        pytest.param("phone", "light", marks=pytest.mark.long),
    ],
)
def test_no_page_has_a_fault(firm: Firm, browse: Opens, size: str, theme: str) -> None:
    places = prepare(firm.cast, firm.cast.director, firm.defined)
    long = "Строка без пробелов " + "х" * 200
    new(firm.cast.director, "note", f"contact:{places.words['contact']}", text=long)
    new(firm.cast.director, "contact", type="company", company_name=f"Компания {long}"[:100], city="Казань")
    firm.lead(json={"name": "Анна Петрова", "phone": "+7 917 000-48-21"})
    User.objects.filter(pk=firm.cast.director.pk).update(theme=theme)
    found = {}
    outside = browse(size, theme=theme)
    outside.open("sign-in/")
    found["sign-in/"] = list(faults(outside.page))
    window = browse(size, theme=theme)
    window.sign_in(firm.cast.director)
    for path in sorted({places.address(row) for row in ROWS if is_page(row)}):
        window.open(path)
        found[path] = list(faults(window.page)) + window.faults
        window.faults.clear()
    assert {path: lines for path, lines in found.items() if lines} == {}
