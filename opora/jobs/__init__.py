"""Work that follows a change, and live pages.

Jobs are rows in the project's own database: none is lost, none is done twice.
"""
