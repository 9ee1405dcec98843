"""Settings, addresses and the console command: the only package that knows every app."""

from opora.tenancy.sqlite_library import use_newest_sqlite

# Before anything imports Django's SQLite backend, which binds the module at its own import.
use_newest_sqlite()
