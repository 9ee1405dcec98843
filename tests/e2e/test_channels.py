"""What only a browser shows of a contact: rows of numbers added and dropped, and a tag put on where it stands."""

import pytest
from playwright.sync_api import expect

from opora.contacts.models import Contact
from tests.e2e.conftest import Firm, Opens
from tests.matrix.places import new
from tests.ui import axe

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300), pytest.mark.req("O01", "O04", "U11")]


def test_rows_are_added_and_dropped_and_a_tag_is_put_on(firm: Firm, browse: Opens) -> None:
    contact = new(firm.cast.manager, "contact", first_name="Артём", phones="+7 843 000-27-16")
    page = browse().sign_in(firm.cast.manager)
    page.goto(f"{firm.address}contacts/{contact.pk}/")
    field = page.locator("#field-phones")
    field.locator("dd").click(position={"x": 4, "y": 40})
    rows = field.locator("[data-several-row]")
    expect(rows).to_have_count(2)
    field.get_by_role("button", name="Ещё").click()
    expect(rows).to_have_count(3)
    page.keyboard.type("90 123 45 67")
    rows.nth(2).locator("[name=phones_country]").select_option("UZ")
    rows.nth(2).locator("[name=phones_label]").select_option("mobile")
    assert axe.faults(page) == []
    rows.nth(0).locator("[data-several-drop]").click()
    expect(rows).to_have_count(2)
    field.get_by_role("button", name="Сохранить").click()
    expect(field).to_contain_text("+998 90 123 45 67")
    assert Contact.objects.get(pk=contact.pk).phones == [{"value": "+998901234567", "label": "mobile"}]

    page.get_by_label("Новая метка").fill("Сеть, Особый")
    page.keyboard.press("Enter")
    expect(page.locator("#card-links .label")).to_have_text(["Сеть", "Особый"])
    page.get_by_role("button", name="Снять метку «Сеть»").click()
    expect(page.locator("#card-links .label")).to_have_text(["Особый"])
    assert axe.faults(page) == []
