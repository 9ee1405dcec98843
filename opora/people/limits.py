"""How often something may be done (R6.06, R17)."""

import hashlib
import math
from dataclasses import dataclass

from opora.kit.errors import RateLimited, Words
from opora.people.counters import Count, counters
from opora.tenancy.context import require_project

HALF_HOUR = 30 * 60


@dataclass(frozen=True)
class Limit:
    """At most `hits` in a window of so many seconds, for each subject of a project."""

    name: str
    hits: int
    seconds: int


SIGN_IN_ACCOUNT = Limit("sign-in account", 5, HALF_HOUR)
SIGN_IN_DEVICE = Limit("sign-in device", 5, HALF_HOUR)
SIGN_IN_ADDRESS = Limit("sign-in address", 30, HALF_HOUR)
API_REQUESTS = Limit("api", 600, 60)
API_WRITES = Limit("api writes", 600, 120)  # 300 a minute, 600 at once
LEADS_MINUTE = Limit("leads minute", 20, 60)
LEADS_HOUR = Limit("leads hour", 200, 3600)
FORGOTTEN_HOUR = Limit("forgotten hour", 2, 3600)
FORGOTTEN_DAY = Limit("forgotten day", 5, 24 * 3600)
FORGOTTEN_ADDRESS = Limit("forgotten address", 5, 24 * 3600)
OWN_PASSWORD = Limit("own password", 5, HALF_HOUR)
FACTOR = Limit("second factor", 5, HALF_HOUR)
FACTOR_DEVICE = Limit("second factor device", 5, HALF_HOUR)
FACTOR_DAY = Limit("second factor day", 20, 24 * 3600)
EMAIL_HOUR = Limit("own e-mail hour", 2, 3600)
EMAIL_DAY = Limit("own e-mail day", 5, 24 * 3600)
MAIL_CHECKS = Limit("mail checks", 10, 3600)
REFUSALS = Limit("refusals", 1, 3600)
SEARCHES = Limit("search", 100, 10)


def spend(limit: Limit, subject: object, hits: int = 1, *, message: Words | None = None) -> Count:
    """Count one act and give the count. Raises `RateLimited` when the limit is passed.

    Counting comes first, so that many requests at once can't slip through together.
    """
    count = counters().count(_name(limit, subject), limit.seconds, hits)
    if count.hits > limit.hits:
        raise RateLimited(max(1, math.ceil(count.left)), message)
    return count


def counted(limit: Limit, subject: object) -> Count:
    """Count one act and give the count, whatever it is."""
    return counters().count(_name(limit, subject), limit.seconds, 1)


def give_back(limit: Limit, subject: object, hits: int = 1) -> None:
    """Take back what was counted for an act that turned out to be allowed."""
    counters().count(_name(limit, subject), limit.seconds, -hits)


def forget(limit: Limit, subject: object) -> None:
    """Start counting anew."""
    counters().clear(_name(limit, subject))


def _name(limit: Limit, subject: object) -> str:
    digest = hashlib.sha256(str(subject).encode()).hexdigest()[:32]
    return f"{require_project().key}:{limit.name}:{digest}"
