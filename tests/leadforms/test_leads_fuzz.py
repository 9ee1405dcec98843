"""Whatever is sent to the address of leads, the answer is one of its own and never a fault."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opora.people.counters import counters
from tests.leadforms.conftest import Send

NAMES = st.sampled_from(
    ["name", "phone", "email", "note", "city", "source", "phones", "f1", "responsible", "id"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
LEADS = st.dictionaries(NAMES | st.text(max_size=10), VALUES, max_size=6)
TYPES = st.sampled_from(
    [
        "application/json",
        "application/x-www-form-urlencoded",
        "application/x-www-form-urlencoded; charset=utf-16",
        "application/x-www-form-urlencoded; charset=base64",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "text/plain",
        "",
    ]
)
MODEST = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
pytestmark = pytest.mark.req("R7.12", "R9.08", "R1.05")


def is_an_answer(answer: Any) -> bool:
    return answer.status_code in (200, 201) or (answer.status_code == 422 and "code" in answer.json())


@MODEST
@given(lead=LEADS)
def test_any_json_is_a_lead_or_is_refused(send: Send, lead: dict[str, Any]) -> None:
    counters().forget_all()
    assert is_an_answer(send(json.dumps(lead)))


@MODEST
@given(body=st.binary(max_size=300), content_type=TYPES)
def test_any_bytes_are_a_lead_or_are_refused(send: Send, body: bytes, content_type: str) -> None:
    counters().forget_all()
    assert is_an_answer(send(body, content_type=content_type))
