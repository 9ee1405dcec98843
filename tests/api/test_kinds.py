"""Contacts, deals and tasks keep what every kind's API promises."""

from tests.kits.api import ApiKit


class TestContactApi(ApiKit):
    kind_name = "contact"
    body = {"first_name": "Артём"}
    change = {"city": "Уфа"}


class TestDealApi(ApiKit):
    kind_name = "deal"
    body = {"title": "Печь", "amount": {"amount": "100.00", "currency": "RUB"}}
    change = {"title": "Печь и шкаф"}


class TestTaskApi(ApiKit):
    kind_name = "task"
    body = {"title": "Позвонить"}
    change = {"title": "Написать"}
