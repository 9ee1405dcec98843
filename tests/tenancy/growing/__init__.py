"""An app whose schema grows: `OPORA_TEST_GROWN` chooses how many of its migrations there are."""
