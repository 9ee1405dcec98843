"""Duplicates: the same client written down twice, found, shown, put together and apart again."""
