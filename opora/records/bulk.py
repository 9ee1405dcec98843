"""One verb on many records: set-wise in chunks, a result for each record, undo as far as operations go (R2.10).

A chunk is one operation. When it is refused, the records that stand in the way are found one by one and left out,
so that one bad record stops nobody; what a person doesn't see is never described.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext

from opora.jobs.models import Job
from opora.jobs.running import JobContext
from opora.jobs.tasks import task
from opora.kit.errors import Forbidden, Invalid, NotFound, Refusal
from opora.kit.ids import parse as parse_id
from opora.people.access import Access
from opora.people.models import User
from opora.records import sight
from opora.records.actions import action_for, perform
from opora.records.kinds import Kind, kinds
from opora.records.operations import Act
from opora.records.undo import undo_chunk

AT_ONCE = 50
CHUNK = 100
MOST = 10_000
MOST_PROBLEMS = 200


@dataclass(frozen=True)
class Problem:
    """A record that was not changed: skipped by a right, or failed by a rule."""

    id: str
    title: str
    why: str
    is_error: bool = False


@dataclass
class Result:
    """What a bulk did so far."""

    changed: int = 0
    problems: list[Problem] = field(default_factory=list)
    operations: list[str] = field(default_factory=list)
    unseen: int = 0

    @property
    def skipped(self) -> int:
        """How many were left out because of a right, unseen ones too."""
        return sum(not problem.is_error for problem in self.problems) + self.unseen

    @property
    def failed(self) -> int:
        """How many a rule refused."""
        return sum(problem.is_error for problem in self.problems)

    def as_json(self) -> dict[str, Any]:
        """The result as a job keeps it."""
        return asdict(replace(self, problems=[])) | {
            "problems": [asdict(problem) for problem in self.problems[:MOST_PROBLEMS]]
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Result":
        """The result that a job keeps."""
        if not kept:
            return cls()
        return cls(
            kept["changed"],
            [Problem(**problem) for problem in kept["problems"]],
            list(kept["operations"]),
            kept["unseen"],
        )


def run(verb: str, kind: Kind, act: Act, ids: Sequence[int], sent: Mapping[str, Any], into: Result) -> None:
    """Carry out a verb on a chunk of records as one operation, adding to `into`; no refusal leaves it.

    `act.key` must be the chunk's own. What is asked of all alike (an employee who is gone, a stage that is none) is
    refused by every record and so told for each.
    """
    reached = _reached(verb, kind, act, ids, into)
    refused = _refusal(verb, kind, act, reached, sent, into)
    if refused is None:
        return
    reasons = {number: why for number, why in _tried(verb, kind, act, reached, sent) if why}
    _tell(kind, reasons, into)
    rest = [number for number in reached if number not in reasons]
    if rest and (still := _refusal(verb, kind, act, rest, sent, into)) is not None:
        _tell(kind, dict.fromkeys(rest, still), into)


def _reached(verb: str, kind: Kind, act: Act, ids: Sequence[int], into: Result) -> list[int]:
    """The records that the right reaches; the others are told of, unseen ones only by their number."""
    seen = sight.visible_ids(act.access, kind, ids)
    right = action_for(kind, verb).right
    allowed = sight.visible(act.access, kind, right, trashed=None).filter(pk__in=seen)
    reached = set(allowed.values_list("pk", flat=True))
    into.unseen += len(set(ids) - seen)
    _tell(kind, {number: Forbidden(action_for(kind, verb).label) for number in seen - reached}, into)
    return [number for number in dict.fromkeys(ids) if number in reached]


def _refusal(
    verb: str, kind: Kind, act: Act, ids: Sequence[int], sent: Mapping[str, Any], into: Result
) -> Refusal | None:
    """Carry it out on all of them; the refusal, when there is one, has changed nothing."""
    if not ids:
        return None
    try:
        outcome = perform(verb, kind, act, ids, **sent)
    except Refusal as refusal:
        return refusal
    into.changed += len(outcome.ids)
    if outcome.undo_id:
        into.operations.append(outcome.undo_id)
    return None


class _OnlyTried(Exception):
    """Leaves a transaction that was opened to see whether something would be refused."""


def _tried(
    verb: str, kind: Kind, act: Act, ids: Sequence[int], sent: Mapping[str, Any]
) -> Iterator[tuple[int, Refusal | None]]:
    """What each record alone would be refused for, changing nothing."""
    for number in ids:
        try:
            with transaction.atomic():
                perform(verb, kind, replace(act, key=""), [number], **sent)
                raise _OnlyTried
        except _OnlyTried:
            yield number, None
        except Refusal as refusal:
            yield number, refusal


def _tell(kind: Kind, reasons: Mapping[int, Refusal], into: Result) -> None:
    if not reasons:
        return
    titles = dict(kind.model._default_manager.filter(pk__in=reasons).values_list("pk", "title"))
    for number, refusal in reasons.items():
        if isinstance(refusal, NotFound):
            into.unseen += 1
        else:
            is_error = not isinstance(refusal, Forbidden)
            into.problems.append(Problem(str(number), titles.get(number, ""), words_of(refusal), is_error))


def words_of(refusal: Refusal) -> str:
    """Why one record was not changed."""
    if isinstance(refusal, Invalid) and refusal.fields:
        return " ".join(_sentence(word) for words in refusal.fields.values() for word in words)
    if isinstance(refusal, Forbidden) and refusal.action:
        return gettext("Not enough rights: %(action)s") % {"action": refusal.action}
    return str(refusal.message)


def _sentence(word: str | Promise) -> str:
    return str(word)


@task(takes_context=True, atomic=False)
def carry_out(
    context: JobContext,
    kind: str,
    verb: str,
    ids: Sequence[str],
    sent: Mapping[str, Any],
    key: str,
    request: str = "",
) -> None:
    """The job of a large bulk: a chunk a step, the result and its operations in the job's pointer."""
    chosen, access = kinds[kind], access_of_actor(context)
    result = Result.from_json(context.pointer.get("result", {}))
    start = int(context.pointer.get("at", 0))
    for at in range(start, len(ids), CHUNK):
        with context.step(total=len(ids)) as step:
            act = Act(access, via="page", key=f"{key}:{at}", request=request)
            run(verb, chosen, act, [int(number) for number in ids[at : at + CHUNK]], sent, result)
            step.done = min(at + CHUNK, len(ids))
            context.pointer.update(at=at + CHUNK, result=result.as_json())


@task(takes_context=True, atomic=False)
def take_back(context: JobContext, operations: Sequence[str], key: str) -> None:
    """The job that undoes a large bulk, newest chunk first; what has changed since is left and told of."""
    access = access_of_actor(context)
    result = Result.from_json(context.pointer.get("result", {}))
    newest_first = list(reversed(operations))
    for at in range(int(context.pointer.get("at", 0)), len(newest_first)):
        with context.step(total=len(newest_first)) as step:
            undo_one(Act(access, via="page", key=f"{key}:{at}"), newest_first[at], result)
            step.done = at + 1
            context.pointer.update(at=at + 1, result=result.as_json())


def undo_one(act: Act, operation: str, into: Result) -> None:
    """Undo one chunk; a record that has changed since is a line of the result, and so is a refusal."""
    try:
        outcome, left = undo_chunk(act, operation)
        into.changed += len(outcome.ids)
        why = gettext("Someone has changed this record since: it stays as it is.")
        into.problems += [Problem(str(record.pk), record.title, why) for record in left]
    except Refusal as refusal:
        into.problems.append(Problem("", gettext("Some of the records"), words_of(refusal), is_error=True))


def access_of_actor(context: JobContext) -> Access:
    """The rights, as they are now, of whoever asked for the job. Raises `NotFound` when the person is gone."""
    user = User.objects.select_related("role", "department").filter(pk=context.job.actor_id or 0).first()
    if user is None:
        raise NotFound()
    return Access.of(user)


def asked(key: str, actor_id: int | None) -> Job | None:
    """The job that this person has already asked for under a key."""
    return Job.objects.filter(key=key, actor_id=actor_id).first() if key else None


def ask(verb: str, kind: Kind, act: Act, ids: Sequence[int], sent: Mapping[str, Any], key: str) -> Job:
    """Ask for a large bulk as a job; its actor is whoever the request is from."""
    texts = [str(number) for number in ids]
    added = carry_out.using(key=key).enqueue(kind.name, verb, texts, sent, f"{act.key}:job", act.request)
    return Job.objects.get(pk=added.id)


def ask_back(operations: Sequence[str], key: str) -> Job:
    """Ask for the job that undoes a large bulk."""
    return Job.objects.get(pk=take_back.using(key=key).enqueue(list(operations), key).id)


def own_job(job_id: str | int, actor_id: int) -> Job:
    """A bulk, or the undoing of one, that this person asked for. Raises `NotFound` for anything else."""
    tasks = [carry_out.module_path, take_back.module_path]
    found = Job.objects.filter(pk=parse_id(job_id), actor_id=actor_id, task__in=tasks).first()
    if found is None:
        raise NotFound()
    return found
