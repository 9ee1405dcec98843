"""The help of a project: Markdown pages in three languages, their search, the "?" of every page (N29)."""
