"""What the firm, its people and its clients are called, and what they write: a file for each thing."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def read(name: str) -> dict[str, Any]:
    """The content of `<name>.toml`; the demo's words are in the languages of its people, so no catalogue holds them."""
    return tomllib.loads(files(__name__).joinpath(f"{name}.toml").read_text("utf-8"))
