"""Every test of people starts with empty sign-in counters."""

import pytest


@pytest.fixture(autouse=True)
def _counters(no_counts: None) -> None:
    """Nobody has failed to sign in yet."""
