"""Contacts, deals and tasks keep what every kind's pages promise."""

from tests.kits.screens import ScreenKit


class TestContactScreens(ScreenKit):
    kind_name, list_at = "contact", "/contacts/"
    form = {"type": "person", "first_name": "Артём"}
    field, value = "city", "Уфа"


class TestDealScreens(ScreenKit):
    kind_name, list_at = "deal", "/deals/list/"
    form = {"title": "Печь"}
    field, value = "title", "Печь и шкаф"


class TestTaskScreens(ScreenKit):
    kind_name, list_at = "task", "/tasks/?view=open"
    form = {"title": "Позвонить"}
    field, value = "title", "Написать"
