"""Contacts as people and programs meet them."""
