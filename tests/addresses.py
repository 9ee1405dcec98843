"""Where the test databases of this process are; known before Django's settings are read."""

import os

SERVER = os.environ.get("OPORA_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")


def database_name() -> str:
    """The database of this test process."""
    return os.environ.get("OPORA_TEST_DATABASE_NAME") or f"opora_test_{os.getpid()}"


def database_address() -> str:
    """What `OPORA_DATABASE` is for this test process."""
    if os.environ.get("OPORA_TEST_DATABASE", "sqlite") == "sqlite":
        return "sqlite"
    # The tests of tests/tenancy/test_bouncer.py run again with everything going through a pooler.
    return os.environ.get("OPORA_TEST_THROUGH") or direct_address()


def direct_address() -> str:
    """The test database on the server itself."""
    return SERVER.rpartition("/")[0] + "/" + database_name()
