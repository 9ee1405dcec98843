"""Suites that a kind of record inherits by naming a factory: rights, actions, screens, API."""
