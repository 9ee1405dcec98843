"""Contacts: the people and companies a firm works with."""
