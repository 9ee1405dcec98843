"""What only a browser shows of the structure: a department dragged into another, and the dialogs about rights."""

import pytest
from playwright.sync_api import Page, expect

from opora.people import departments
from opora.people.departments import DepartmentDraft
from opora.people.models import Department, Role
from tests.e2e.conftest import Firm, Opens
from tests.matrix.places import new
from tests.people import access
from tests.ui import axe

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300), pytest.mark.req("T02", "U14", "N22")]


def drag(page: Page, name: str, onto: str) -> None:
    """Take a department by its grip and let it go over another."""
    rows = page.locator("[data-tree-item]")
    grip = rows.filter(has_text=name).locator("[data-tree-grip]").bounding_box()
    target = rows.filter(has_text=onto).bounding_box()
    assert grip
    assert target
    page.mouse.move(grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2)
    page.mouse.down()
    page.mouse.move(target["x"] + 60, target["y"] + target["height"] / 2, steps=4)
    expect(rows.filter(has_text=onto)).to_have_class("tree__row is-target")
    page.mouse.up()


def test_a_department_is_dragged_and_the_dialogs_about_rights_have_no_fault(
    firm: Firm, browse: Opens
) -> None:
    by = access(firm.cast.director)
    for name in ("Монтаж", "Продажи"):
        departments.create(by, DepartmentDraft(name), via="page")
    deal = new(firm.cast.director, "deal", title="Печь")
    page = browse().sign_in(firm.cast.director)

    page.goto(f"{firm.address}settings/departments/")
    drag(page, "Монтаж", "Продажи")
    expect(page.get_by_text("«Монтаж» теперь входит в «Продажи»")).to_be_visible()
    assert Department.objects.get(name="Монтаж").parent == Department.objects.get(name="Продажи")
    page.locator("[data-tree-item]").filter(has_text="Монтаж").locator("a").focus()
    page.keyboard.press("Alt+ArrowLeft")
    expect(page.get_by_text("«Монтаж» теперь на верхнем уровне")).to_be_visible()

    page.goto(f"{firm.address}settings/roles/{Role.objects.get(key='manager').pk}/")
    page.get_by_role("button", name="Что изменится").click()
    expect(page.locator("dialog[open]")).to_be_visible()
    assert axe.faults(page) == []

    page.goto(f"{firm.address}deals/{deal.pk}/")
    page.get_by_role("link", name="Изменить доступ").click()
    expect(page.locator("dialog[open]")).to_be_visible()
    assert axe.faults(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Почему я это вижу?").click()
    expect(page.get_by_text("директор видит всё")).to_be_visible()
    assert axe.faults(page) == []
