"""Opora, an open-source CRM: one installation, many firms, each in a database of its own."""

__version__ = "0.1.0"
