"""Copies of one project that can be opened, checked and restored (R13.05, R13.06)."""
