"""Who sees whose records (R4.01), asked of the compiler over a plain list of records."""

from dataclasses import dataclass

import pytest

from opora.people.rights import compiled
from tests.people import Cast, access

VIEWERS = ("director", "head", "manager", "assistant")
TABLE = {
    # whose records: seen by director, head, manager (under head), assistant (under the director)
    "director": (True, False, False, False),
    "head": (True, True, False, False),
    "manager": (True, True, True, False),
    "colleague": (True, True, True, False),
    "other_head": (True, False, False, False),
    "stranger": (True, False, False, False),
    "assistant": (True, False, False, True),
    "second_assistant": (True, False, False, False),
}


@dataclass
class Row:
    """A record reduced to what rights are made of."""

    responsible_id: int | None
    id: int = 1
    access: str = "none"


@pytest.mark.req("R4.01", "I02", "I03", "I04", "I05")
@pytest.mark.parametrize("owner", TABLE)
@pytest.mark.parametrize("viewer", VIEWERS)
def test_the_hierarchy_decides_whose_records_are_seen(cast: Cast, viewer: str, owner: str) -> None:
    rule = compiled(access(getattr(cast, viewer)), "contact", "see")
    seen = rule.holds(Row(getattr(cast, owner).id))
    assert seen is TABLE[owner][VIEWERS.index(viewer)]
