"""Parts of a page are drawn anew by what others do, and never take a person's press away."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import Firm, Opens

pytestmark = pytest.mark.e2e
NEW_DEAL = "a[href*='deals/new/?contact=']:visible"
LINKS = "#card-links"


@pytest.fixture
def card(firm: Firm, browse: Opens) -> Page:
    """The open card of a contact."""
    window = browse()
    window.sign_in(firm.cast.manager)
    assert firm.lead(json={"name": "Анна Петрова", "phone": "+7 917 000-48-21"}).status_code == 201
    page = window.open("contacts/")
    page.get_by_role("link", name="Анна Петрова").first.click()
    page.locator(NEW_DEAL).first.wait_for()
    return page


def others_change_it(page: Page) -> None:
    """The card's links are asked for anew, as when a colleague changed the contact; returns when the answer is here."""
    with page.expect_response(lambda answer: answer.request.headers.get("hx-target") == "card-links"):
        page.evaluate(f"htmx.trigger('{LINKS}', 'live')")


def test_a_dialog_on_its_way_comes_though_its_button_is_drawn_anew(card: Page) -> None:
    held: list[Route] = []
    card.route("**/deals/new/**", lambda route: held.append(route))
    with card.expect_request("**/deals/new/**"):
        card.locator(NEW_DEAL).first.click()
    others_change_it(card)
    held[0].continue_()
    expect(card.locator("#dialogs dialog[open] [name=title]")).to_be_focused()


def test_a_press_is_not_lost_while_its_place_is_drawn_anew(card: Page) -> None:
    card.locator(NEW_DEAL).first.hover()
    card.locator(LINKS).evaluate("one => { one.dataset.before = '1' }")
    card.mouse.down()
    others_change_it(card)
    card.mouse.up()
    expect(card.locator("#dialogs dialog[open] [name=title]")).to_be_focused()
    expect(card.locator(f"{LINKS}[data-before]")).to_have_count(0)
