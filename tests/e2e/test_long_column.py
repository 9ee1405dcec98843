"""A column of very many deals: any place of it is one drag away, and what others do moves nothing under the eye."""

import pytest
from playwright.sync_api import Locator, expect

from opora.deals.models import Deal
from opora.records.actions import perform
from opora.records.kinds import kinds
from opora.records.loading import load
from opora.records.operations import Act
from tests.e2e.conftest import Firm, Opens
from tests.people import access

pytestmark = [pytest.mark.e2e, pytest.mark.req("U04", "R17.02")]
NUMBER = 300


def titles(column: Locator) -> list[str]:
    return column.locator("article .deal__name").all_inner_texts()


def y_of(card: Locator) -> float:
    box = card.bounding_box()
    assert box is not None
    return box["y"]


def test_a_long_column_is_dragged_to_its_end_and_stays_put_while_others_work(
    firm: Firm, browse: Opens
) -> None:
    head, stages = firm.cast.head, firm.defined.stages
    stage, other = (stages[key] for key in ("equipment.new", "equipment.talk"))
    load(kinds["deal"], (Deal(title=f"Сделка {n}", stage=stage, responsible=head) for n in range(NUMBER)))
    come = perform(
        "create", kinds["deal"], Act(access(head)), values={"title": "Гостья", "stage": str(other.id)}
    ).record
    opened = browse()
    opened.sign_in(head)
    page = opened.open("deals/")
    column = page.locator(f'[data-column="{stage.id}"] > .col__list')
    expect(column.locator("article").first).to_contain_text(f"Сделка {NUMBER - 1}")
    column.evaluate("list => { list.scrollTop = list.scrollHeight }")
    last = column.get_by_role("link", name="Сделка 0", exact=True)
    expect(last).to_be_in_viewport()
    assert len(titles(column)) < 130
    column.evaluate("list => { list.scrollTop = list.scrollHeight / 2 }")
    middle = column.get_by_role("link", name="Сделка 150", exact=True)
    expect(middle).to_be_attached()
    middle.evaluate("link => link.scrollIntoView({ block: 'center' })")
    expect(middle).to_be_in_viewport()
    page.wait_for_load_state("networkidle")
    was = y_of(middle)
    perform("move", kinds["deal"], Act(access(head)), [come.id], stage=str(stage.id))
    expect(page.locator(f"#s-{stage.id} .col__n")).to_have_text(str(NUMBER + 1))
    assert abs(y_of(middle) - was) < 3
    middle.focus()
    for _step in range(12):
        page.keyboard.press("ArrowDown")
    expect(column.get_by_role("link", name="Сделка 138", exact=True)).to_be_focused()
    column.evaluate("list => { list.scrollTop = 0 }")
    expect(column.get_by_role("link", name="Гостья")).to_be_in_viewport()
    shown = titles(column)
    assert shown[:3] == ["Гостья", f"Сделка {NUMBER - 1}", f"Сделка {NUMBER - 2}"]
    assert len(shown) == len(set(shown))
