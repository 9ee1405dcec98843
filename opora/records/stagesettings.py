"""Processes and stages: made, renamed, coloured, ordered, removed (U04, I13). Each change stands in the log."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from opora.jobs.tasks import task
from opora.kit.errors import Conflict, Invalid, NotFound
from opora.kit.text import clean, fold, is_blank
from opora.people.access import Access
from opora.records.actions import perform
from opora.records.colors import is_color
from opora.records.kinds import Kind, kinds
from opora.records.models import Process, Stage
from opora.records.operations import Act
from opora.records.processes import ProcessOf
from opora.records.settings_log import note
from opora.timeline.events import Ref

GROUPS = ("new", "work", "won", "lost")
LANGUAGES = ("ru", "uz", "en")
NAME_LENGTH, PROCESS_LENGTH = 50, 80
MOST_STAGES = 40
BATCH = 200
AT_ONCE = 500


def names_of(sent: Mapping[str, str], limit: int) -> dict[str, str]:
    """The translations in a form (`name_ru`, `name_uz`, `name_en`), those that are filled."""
    found = {code: clean(sent.get(f"name_{code}", ""), limit, field=f"name_{code}") for code in LANGUAGES}
    return {code: name for code, name in found.items() if not is_blank(name)}


def required_name(sent: Mapping[str, str], limit: int) -> str:
    """The name in a form. Raises `Invalid` when it is empty or too long."""
    name = clean(sent.get("name", ""), limit, field="name").strip()
    if not name:
        raise Invalid({"name": _("Fill in this field.")}, code="required")
    return name


def _probability(sent: Mapping[str, str], group: str) -> int:
    """Percent; a closed stage has its own."""
    if group in ("won", "lost"):
        return 100 if group == "won" else 0
    text = sent.get("probability", "").strip().rstrip("%").strip() or "0"
    if not (text.isascii() and text.isdigit() and int(text) <= 100):
        raise Invalid({"probability": _("A whole number from 0 to 100.")})
    return int(text)


def _color(sent: Mapping[str, str], usual: str) -> str:
    """The colour in a form: the code that was written, else the one picked freely, else one of the palette.

    The form holds all three; `own_was` says with what the free ones began, so that only a change of them counts.
    """
    was = sent.get("own_was", "").strip().lower()
    free = [sent.get(name, "").strip().lower() for name in ("own_code", "own")]
    changed = [color for color in free if was and color and color != was]
    color = changed[0] if changed else sent.get("color", usual).lower()
    if not is_color(color):
        raise Invalid({"color": _("Choose a colour of the list or write #rrggbb.")})
    return color


def add_process(access: Access, kind: Kind, sent: Mapping[str, str]) -> Process:
    """A new process with a stage in each group, so that records can be created in it at once."""
    name = required_name(sent, PROCESS_LENGTH)
    with transaction.atomic():
        last = Process.objects.filter(kind=kind.name).aggregate(last=Max("position"))["last"] or 0
        process = Process.objects.create(
            kind=kind.name, name=name, names=names_of(sent, PROCESS_LENGTH), position=last + 1
        )
        first = {"new": (_("New"), "slate", 10), "work": (_("In progress"), "sky", 50)}
        first |= {"won": (_("Won"), "green", 100), "lost": (_("Lost"), "red", 0)}
        for group, (title, color, chance) in first.items():
            Stage.objects.create(
                process=process, name=str(title), group=group, color=color, probability=chance
            )
        note(access, "process.created", Ref("process", process.id), {"name": [None, name]})
    return process


def change_process(access: Access, process_id: int, sent: Mapping[str, str]) -> Process:
    """Rename a process. Raises `NotFound`, `Invalid`."""
    with transaction.atomic():
        process: Process = _locked(Process, process_id)
        name, names = required_name(sent, PROCESS_LENGTH), names_of(sent, PROCESS_LENGTH)
        changes = {"name": [process.name, name], "names": [process.names, names]}
        process.name, process.names = name, names
        process.save(update_fields=["name", "names"])
        note(access, "process.changed", Ref("process", process.id), changes)
    return process


def step_process(access: Access, process_id: int, by: int) -> None:
    """Move a process one place up (-1) or down (+1) among those of its kind. Raises `NotFound`."""
    with transaction.atomic():
        process: Process = _locked(Process, process_id)
        listed = {one.id: one for one in Process.objects.filter(kind=process.kind)}
        before, after = [*listed], stepped([*listed], process_id, by)
        for position, number in enumerate(after):
            listed[number].position = position
        Process.objects.bulk_update(listed.values(), ["position"])
        changes = {"processes": [list(map(str, before)), list(map(str, after))]}
        note(access, "process.ordered", Ref("process", process_id), changes)


def standing_in_process(process: ProcessOf) -> int:
    """How many records stand in the stages of a process, those in the trash too."""
    stages = [stage.id for stage in process.stages]
    return kinds[process.kind].model._default_manager.filter(stage_id__in=stages).count()


def remove_process(access: Access, process: ProcessOf, to: int | None, typed: str) -> int:
    """Remove a process with its stages; its records go to a stage of another one. Returns how many records moved.

    Where records stand, the name of the process must be typed, since this can't be undone. Raises `Conflict` for the
    only process of a kind and `Invalid` for a missing stage or another name. Over 500 records are moved by a job.
    """
    others = Stage.objects.filter(process__kind=process.kind).exclude(process_id=process.id)
    if not others.filter(group__in=("new", "work")).exists():
        raise Conflict(
            _("This is the only process: a new record would have nowhere to start."), code="last_process"
        )
    number = standing_in_process(process)
    if number and (to is None or not others.filter(pk=to).exists()):
        raise Invalid({"to": _("Choose where the records go.")}, code="required")
    if number and fold(typed) != fold(process.name) and fold(typed) != fold(process.shown):
        raise Invalid({"typed": _("Type the name of the process as it stands in the heading.")})
    if number > AT_ONCE:
        empty_and_remove_process.using(key=f"process:{process.id}").enqueue(process.id, to, access.user_id)
    else:
        _remove_process(access, process.id, to)
    return number


@task(atomic=False)
def empty_and_remove_process(process_id: int, to: int, actor_id: int) -> None:
    """The job that moves what stands in a process, batch by batch, and then removes the process. Repeatable."""
    _remove_process(Access(user_id=actor_id), process_id, to)


def _remove_process(access: Access, process_id: int, to: int | None) -> None:
    process = Process.objects.filter(pk=process_id).first()
    if process is None:
        return
    stages = list(Stage.objects.select_related("process").filter(process=process))
    for stage in stages:
        _move_all(access, stage, to)
    with transaction.atomic():
        for stage in stages:
            stage.delete()
        process.delete()
        note(access, "process.removed", Ref("process", process_id), {"name": [process.name, None]})


def add_stage(access: Access, process_id: int, group: str, sent: Mapping[str, str]) -> Stage:
    """A new stage at the end of a group. Raises `NotFound`, `Invalid` (name, colour, too many)."""
    with transaction.atomic():
        process = _locked(Process, process_id)
        if group not in GROUPS:
            raise NotFound()
        stages = Stage.objects.filter(process=process)
        if stages.count() >= MOST_STAGES:
            raise Invalid({"name": _("A process has at most 40 stages.")})
        last = stages.filter(group=group).aggregate(last=Max("position"))["last"]
        stage = Stage.objects.create(
            process=process,
            name=required_name(sent, NAME_LENGTH),
            names=names_of(sent, NAME_LENGTH),
            group=group,
            color=_color(sent, "slate"),
            probability=_probability(sent, group),
            position=0 if last is None else last + 1,
        )
        note(access, "stage.created", Ref("stage", stage.id), {"name": [None, stage.name]})
    return stage


def change_stage(access: Access, stage_id: int, sent: Mapping[str, str]) -> Stage:
    """Rename, translate, colour a stage. Only what the form names is changed. Raises `NotFound`, `Invalid`."""
    with transaction.atomic():
        stage: Stage = _locked(Stage, stage_id)
        new: dict[str, Any] = {"name": required_name(sent, NAME_LENGTH)} if "name" in sent else {}
        if any(f"name_{code}" in sent for code in LANGUAGES):
            new["names"] = names_of(sent, NAME_LENGTH)
        if "color" in sent or "own_was" in sent:
            new["color"] = _color(sent, stage.color)
        if "probability" in sent:
            new["probability"] = _probability(sent, stage.group)
        changes = {name: [getattr(stage, name), value] for name, value in new.items()}
        for name, value in new.items():
            setattr(stage, name, value)
        stage.save(update_fields=[*new] or None)
        note(access, "stage.changed", Ref("stage", stage.id), changes)
    return stage


def order_stages(access: Access, ids: Sequence[int]) -> None:
    """Put the stages of one group into this order. Raises `NotFound` when they are not all of one group's stages."""
    with transaction.atomic():
        stages = {stage.id: stage for stage in Stage.objects.select_for_update().filter(pk__in=ids)}
        places = {(stage.process_id, stage.group) for stage in stages.values()}
        if len(stages) != len(ids) or len(places) != 1:
            raise NotFound()
        before = [stage.id for stage in sorted(stages.values(), key=lambda s: (s.position, s.id))]
        for position, number in enumerate(ids):
            stages[number].position = position
        Stage.objects.bulk_update(stages.values(), ["position"])
        process = Ref("process", next(iter(places))[0])
        note(access, "stage.ordered", process, {"stages": [list(map(str, before)), list(map(str, ids))]})


def stepped(ids: Sequence[int], number: int, by: int) -> list[int]:
    """The order after one of them went a step up (-1) or down (+1); at the ends it stays."""
    order = list(ids)
    at = order.index(number)
    to = max(0, min(len(order) - 1, at + by))
    order.insert(to, order.pop(at))
    return order


def standing_in(kind: Kind, stage_id: int) -> int:
    """How many records of a kind stand in a stage, those in the trash too."""
    return kind.model._default_manager.filter(stage_id=stage_id).count()


def remove_stage(access: Access, stage_id: int, to: int | None) -> int:
    """Remove a stage; what stands in it goes to another one of the process first. Returns how many records moved.

    Raises `Conflict` when it is the only one a new record can start in or records stand there and no other stage is
    named, `NotFound` for a stage that is none of the process's. More than 500 records are moved by a job.
    """
    stage = Stage.objects.select_related("process").filter(pk=stage_id).first()
    if stage is None:
        raise NotFound()
    others = Stage.objects.filter(process=stage.process).exclude(pk=stage.id)
    if not others.filter(group__in=("new", "work")).exists():
        raise Conflict(
            _("This is the last open stage: a new record would have nowhere to start."), code="last_stage"
        )
    number = standing_in(kinds[stage.process.kind], stage.id)
    if number and (to is None or not others.filter(pk=to).exists()):
        raise Conflict(_("Records stand in this stage: choose where they go."), code="stage_not_empty")
    if number > AT_ONCE:
        empty_and_remove.using(key=f"stage:{stage.id}").enqueue(stage.id, to, access.user_id)
    else:
        _move_all(access, stage, to)
        _drop(access, stage)
    return number


@task(atomic=False)
def empty_and_remove(stage_id: int, to: int, actor_id: int) -> None:
    """The job that moves what stands in a stage, batch by batch, and then removes the stage. Repeatable."""
    stage = Stage.objects.select_related("process").filter(pk=stage_id).first()
    if stage is not None:
        access = Access(user_id=actor_id)
        _move_all(access, stage, to)
        _drop(access, stage)


def _move_all(access: Access, stage: Stage, to: int | None) -> None:
    kind = kinds[stage.process.kind]
    rows = kind.model._default_manager.filter(stage_id=stage.id)
    while ids := list(rows.filter(trashed_at=None).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        act = Act(access, via="settings", is_trusted=True, is_soft=True)
        perform("move", kind, act, ids, stage=str(to))
    rows.update(stage_id=to)  # what lies in the trash takes no actions: it only has to stand somewhere


def _drop(access: Access, stage: Stage) -> None:
    with transaction.atomic():
        number, process = stage.id, stage.process_id
        stage.delete()
        note(
            access,
            "stage.removed",
            Ref("stage", number),
            {"name": [stage.name, None], "process": [str(process), None]},
        )


def _locked(model: Any, number: int) -> Any:
    found = model.objects.select_for_update().filter(pk=number).first()
    if found is None:
        raise NotFound()
    return found
