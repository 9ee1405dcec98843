"""What a person does with keys, a mouse and forms, in Chromium over the gallery."""

import re

import pytest
from playwright.sync_api import Page, expect

SAID = {
    "fault": re.compile(r"администратора: [0-9A-F]{4}-[0-9A-F]{4}"),
    "busy": "База занята, данные не потеряны",
}
REFUSED = re.compile(r"toast--danger")


def kept(page: Page) -> dict[str, object]:
    """What reached the server."""
    answer: dict[str, object] = page.request.get("/kept/").json()
    return answer


def test_keys_walk_the_list_and_space_looks(desk: Page) -> None:
    desk.goto("/contacts/")
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    expect(desk.locator("tr.is-cursor")).to_have_attribute("data-row", "12")
    desk.keyboard.press("Space")
    expect(desk.locator("#peek h2")).to_have_text("Столовая № 12")
    assert "peek=12" in desk.url
    desk.keyboard.press("k")
    expect(desk.locator("#peek h2")).to_have_text("Кофейня «Зёрна»")
    desk.keyboard.press("Escape")
    expect(desk.locator("#peek")).to_be_hidden()
    assert "peek" not in desk.url


def test_keys_work_on_the_russian_layout(desk: Page) -> None:
    desk.goto("/contacts/")
    press = (
        "key => document.dispatchEvent(new KeyboardEvent('keydown', { key, code: 'KeyJ', bubbles: true }))"
    )
    desk.evaluate(press, "о")
    expect(desk.locator("tr.is-cursor")).to_have_attribute("data-row", "11")


def test_an_address_with_a_peek_opens_it(desk: Page) -> None:
    desk.goto("/contacts/?peek=13")
    expect(desk.locator("#peek h2")).to_have_text("Пекарня «Хлебница»")


def test_picked_rows_show_the_bar_and_escape_drops_them(desk: Page) -> None:
    desk.goto("/contacts/")
    for key in ("j", "x", "j", "j", "Shift+X"):
        desk.keyboard.press(key)
    expect(desk.locator("[data-bulk]")).to_be_visible()
    expect(desk.locator("[data-bulk-count]")).to_have_text("Выбрано: 3")
    assert desk.evaluate("document.querySelector('[data-pick-all]').indeterminate")
    desk.keyboard.press("Escape")
    expect(desk.locator("[data-bulk]")).to_be_hidden()


def test_enter_opens_the_row(desk: Page) -> None:
    desk.goto("/contacts/")
    desk.keyboard.press("j")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/contacts/11/")


def test_g_then_d_goes_to_deals_but_not_inside_a_field(desk: Page) -> None:
    desk.goto("/form/")
    desk.keyboard.type("gd")
    assert desk.url.endswith("/form/")
    expect(desk.locator("#f-name")).to_have_value("gd")
    desk.goto("/contacts/")
    desk.keyboard.press("g")
    desk.keyboard.press("d")
    desk.wait_for_url("**/deals/")


def test_palette_searches_and_enter_opens(desk: Page) -> None:
    desk.goto("/contacts/")
    desk.keyboard.press("Control+k")
    box = desk.locator("[data-palette-input]")
    expect(box).to_be_focused()
    box.type("Хлеб")
    expect(desk.locator("#palette-list [aria-selected=true]")).to_contain_text("Хлебница")
    desk.keyboard.press("ArrowDown")
    expect(desk.locator("#palette-list [aria-selected=true]")).to_contain_text("Создать контакт")
    desk.keyboard.press("ArrowUp")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/contacts/13/")


def test_menu_opens_by_key_walks_by_arrows_and_closes_by_escape(desk: Page) -> None:
    desk.goto("/contacts/")
    desk.keyboard.press("c")
    expect(desk.locator(".nav details[open] .menu__item").first).to_be_focused()
    desk.keyboard.press("ArrowDown")
    expect(desk.locator(".nav details[open] .menu__item").nth(1)).to_be_focused()
    desk.keyboard.press("Escape")
    expect(desk.locator(".nav details[open]")).to_have_count(0)
    expect(desk.locator(".nav summary")).to_be_focused()


def test_question_mark_shows_all_keys_and_focus_returns(desk: Page) -> None:
    desk.goto("/contacts/")
    desk.keyboard.press("Shift+?")
    expect(desk.locator("#keys")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.locator("#keys")).to_be_hidden()


def test_value_is_edited_in_place(desk: Page) -> None:
    desk.goto("/contacts/42/")
    desk.click("#phone dd")
    field = desk.locator("#f-phone")
    expect(field).to_be_focused()
    field.fill("+7 843 000")
    field.press("Enter")
    expect(desk.locator(".kv__tip")).to_have_text("Нужно 10 цифр после +7, сейчас 6")
    expect(field).to_have_value("+7 843 000")
    field.fill("+7 843 000-27-99")
    field.press("Enter")
    expect(desk.locator("#phone dd")).to_contain_text("+7 843 000-27-99")
    desk.click("#phone dd")
    field.fill("x")
    field.press("Escape")
    expect(desk.locator("#phone dd")).to_contain_text("+7 843 000-27-99")
    assert kept(desk)["phone"] == "+7 843 000-27-99"


def test_leaving_a_changed_value_saves_it(desk: Page) -> None:
    desk.goto("/contacts/42/")
    desk.click("#phone dd")
    desk.locator("#f-phone").fill("+7 843 000-11-11")
    desk.click("h1")
    expect(desk.locator("#phone dd")).to_contain_text("+7 843 000-11-11")


def test_toast_offers_undo_and_z_undoes(desk: Page) -> None:
    desk.goto("/contacts/42/")
    desk.fill("[name=note]", "Позвонить")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".toast__text")).to_have_text("Заметка добавлена")
    desk.locator("h1").click()
    desk.keyboard.press("z")
    expect(desk.locator(".toast__text").last).to_have_text("Отменено")


@pytest.mark.req("R1.04")
@pytest.mark.parametrize("fail", ["fault", "busy"])
def test_failed_write_keeps_what_was_typed_and_says_so(desk: Page, fail: str) -> None:
    desk.goto("/contacts/42/")
    desk.fill("[name=note]", "Длинный текст")
    desk.select_option("[name=fail]", fail)
    desk.click("[data-send]")
    expect(desk.locator(".toast")).to_have_class(REFUSED)
    expect(desk.locator("[name=note]")).to_have_value("Длинный текст")
    expect(desk.locator(".toast")).to_contain_text(SAID[fail])
    assert "ZeroDivision" not in desk.content()
    assert "/secret/path" not in desk.content()


@pytest.mark.req("R1.01", "R1.04")
def test_conflict_shows_both_versions_over_the_typed_text(desk: Page) -> None:
    desk.goto("/contacts/42/")
    desk.fill("[name=note]", "ул. Тукая, 91")
    desk.select_option("[name=fail]", "conflict")
    desk.click("[data-send]")
    dialog = desk.locator("dialog[open]")
    expect(dialog).to_contain_text("ул. Баумана, 27")
    expect(dialog).to_contain_text("ул. Тукая, 91")
    dialog.locator(".dialog__foot [data-close]").click()
    expect(desk.locator("[name=note]")).to_have_value("ул. Тукая, 91")


@pytest.mark.req("R1.04")
def test_draft_survives_a_closed_page_and_sign_out_forgets_it(desk: Page) -> None:
    desk.goto("/contacts/42/")
    desk.locator("[name=note]").type("Цех 64 м²")
    desk.goto("/contacts/42/")
    expect(desk.locator("[name=note]")).to_have_value("Цех 64 м²")
    expect(desk.locator(".draft-note")).to_be_visible()
    desk.evaluate(
        "document.querySelector('[data-sign-out]').addEventListener('submit', e => e.preventDefault())"
    )
    desk.click(".user")
    desk.click("[data-sign-out] button")
    assert desk.evaluate("Object.keys(localStorage).length") == 0


def test_lost_connection_keeps_the_text_and_shows_a_bar(desk: Page) -> None:
    desk.goto("/contacts/42/")
    desk.fill("[name=note]", "Не потерять")
    desk.context.set_offline(True)
    desk.click("[data-send]")
    expect(desk.locator(".offline")).to_be_visible()
    expect(desk.locator("[name=note]")).to_have_value("Не потерять")
    desk.context.set_offline(False)
    expect(desk.locator(".offline")).to_have_count(0)


@pytest.mark.req("R1.04")
def test_a_session_that_ended_costs_no_typed_word(desk: Page) -> None:
    desk.goto("/contacts/42/")
    desk.fill("[name=note]", "Долго писал")
    desk.request.get("/signed-out/")
    desk.click("[data-send]")
    toast = desk.locator(".toast")
    expect(toast).to_contain_text("Сеанс завершён")
    expect(toast.locator("a")).to_have_attribute("href", "/sign-in/?next=%2Fcontacts%2F42%2F")
    expect(desk.locator("[name=note]")).to_have_value("Долго писал")
    desk.request.post("/sign-in/")
    toast.get_by_text("Повторить").click()
    expect(desk.locator("#answer")).to_have_text("Добавлено")


@pytest.mark.req("R1.04")
def test_a_page_form_is_filled_again_after_signing_in(desk: Page) -> None:
    desk.goto("/form/")
    desk.fill("[name=name]", "Пекарня")
    desk.fill("[name=note]", "Две печи")
    desk.request.get("/signed-out/")
    desk.click(".savebar .btn--primary")
    desk.wait_for_url("**/sign-in/?next=%2Fform%2F")
    desk.fill("[name=password]", "x")
    desk.press("[name=password]", "Enter")
    desk.wait_for_url("**/form/")
    expect(desk.locator("[name=name]")).to_have_value("Пекарня")
    expect(desk.locator("[name=note]")).to_have_value("Две печи")


@pytest.mark.parametrize("locks", ["with web locks", "over localStorage"])
def test_one_stream_serves_all_tabs_and_the_next_tab_takes_over(desk: Page, locks: str) -> None:
    if locks == "over localStorage":
        desk.context.add_init_script("Object.defineProperty(navigator, 'locks', { value: undefined })")
    before = kept(desk)["streams"]
    assert isinstance(before, int)
    desk.goto("/contacts/42/")
    other = desk.context.new_page()
    other.goto("/contacts/42/")
    desk.request.get("/ring/?phone=111")
    expect(desk.locator("#shown")).to_have_text("111")
    expect(other.locator("#shown")).to_have_text("111")
    assert kept(desk)["streams"] == before + 1
    desk.goto("/sign-in/")
    expect.set_options(timeout=10000)
    while kept(other)["streams"] == before + 1:
        other.wait_for_timeout(100)
    other.request.get("/ring/?phone=222")
    expect(other.locator("#shown")).to_have_text("222")
    expect.set_options(timeout=5000)


def test_double_click_sends_once(desk: Page) -> None:
    desk.goto("/contacts/42/")
    before = kept(desk)["sent"]
    assert isinstance(before, int)
    desk.fill("[name=note]", "раз")
    desk.evaluate("const b = document.querySelector('[data-send]'); b.click(); b.click()")
    expect(desk.locator(".toast__text").first).to_have_text("Заметка добавлена")
    assert kept(desk)["sent"] == before + 1


def _drag(page: Page, card: str, column: str) -> None:
    source = page.locator(f"[data-card='{card}']").bounding_box()
    assert source
    page.mouse.move(source["x"] + 60, source["y"] + 12)
    page.mouse.down()
    page.mouse.move(source["x"] + 90, source["y"] + 30, steps=4)
    place = page.locator(f"[data-column='{column}']")
    for _aim in range(3):
        # The board makes room while a card is carried, so the column is aimed at again on the way.
        target = place.bounding_box()
        assert target
        page.mouse.move(target["x"] + target["width"] / 2, target["y"] + 60, steps=8)
    expect(place.locator(f"[data-card='{card}'], .is-slot").first).to_be_attached()
    page.mouse.up()


def test_card_is_dragged_to_another_stage(desk: Page) -> None:
    desk.goto("/deals/")
    desk.wait_for_function("window.Sortable && document.querySelectorAll('[data-sorted]').length === 4")
    _drag(desk, "21", "3")
    expect(desk.locator("[data-column='3'] [data-card='21'] .deal__name")).to_have_text("Сделка 21, этап 3")
    expect(desk.locator(".toast__text")).to_have_text("Сделка — в новом этапе")


def test_refused_card_goes_back_and_says_why(desk: Page) -> None:
    desk.goto("/deals/")
    desk.wait_for_function("window.Sortable && document.querySelectorAll('[data-sorted]').length === 4")
    _drag(desk, "22", "4")
    expect(desk.locator(".toast__text")).to_contain_text("нужен ИНН")
    expect(desk.locator("[data-column='2'] [data-card='22']")).to_have_count(1)


def test_card_is_dropped_on_a_folded_column(desk: Page) -> None:
    desk.goto("/deals/")
    desk.wait_for_function("window.Sortable && document.querySelectorAll('[data-sorted]').length === 4")
    _drag(desk, "31", "6")
    expect(desk.locator(".toast__text")).to_have_text("Сделка — в новом этапе")
    assert ["31", "6"] in kept(desk)["moves"]  # type: ignore[operator]


def test_theme_changes_at_once(desk: Page) -> None:
    desk.goto("/contacts/")
    desk.click(".user")
    desk.click("[data-theme-form] [value=dark]")
    assert desk.evaluate("document.documentElement.dataset.theme") == "dark"


def test_navigation_counts_arrive_apart(desk: Page) -> None:
    desk.goto("/contacts/")
    expect(desk.locator("#count-today")).to_have_text("7")
