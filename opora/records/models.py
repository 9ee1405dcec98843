"""The abstract record, and the definitions a project keeps: sections, fields, processes, stages, views."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from opora.kit.ids import new_id
from opora.kit.text import fold
from opora.records.columns import DocumentField, KeyField
from opora.records.tableindexes import record_indexes

__all__ = ["record_indexes"]

EVERYONE = (("", "default"), ("none", "none"), ("read", "read"), ("write", "write"))


class Stage(models.Model):
    """A step of a process, inside one of the four fixed groups (U04).

    `needs` names the fields asked for from this stage on (U05); `checklist` is what there is to do in it, as
    `{"id", "text"}`; `movers` are the ids of the people and groups who alone may move records in (none: all who may
    edit); `stale_days` after how many days in it a record is stale; `asks_reason` whether losing here needs a reason;
    `takes_out` whether records that come here leave every list («Не клиент», N20).
    """

    GROUPS = (("new", "new"), ("work", "work"), ("won", "won"), ("lost", "lost"))

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    process = models.ForeignKey("Process", on_delete=models.PROTECT, related_name="stages")
    name = models.CharField(max_length=50)
    names = models.JSONField(default=dict, blank=True)
    group = models.CharField(max_length=4, choices=GROUPS)
    color = models.CharField(max_length=20, default="slate")
    probability = models.PositiveSmallIntegerField(default=0)
    position = models.IntegerField(default=0)
    needs = models.JSONField(default=list, null=True, blank=True)
    checklist = models.JSONField(default=list, null=True, blank=True)
    movers = models.JSONField(default=list, null=True, blank=True)
    stale_days = models.PositiveSmallIntegerField(null=True, blank=True)
    asks_reason = models.BooleanField(default=True, db_default=True)
    takes_out = models.BooleanField(default=False, db_default=False)

    class Meta:
        ordering = ("position", "id")


class Process(models.Model):
    """A named row of stages for a kind of record (I13). `names` carries translations by language code."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    names = models.JSONField(default=dict, blank=True)
    position = models.IntegerField(default=0)

    class Meta:
        ordering = ("position", "id")


class Record(models.Model):
    """What every record has, whatever its kind.

    `stamp` grows with each change and lists order by it, not by the clock (R14.03). `access` is what everyone may
    do with the record; empty means the kind's default share. `values` holds own fields by field name (`f<id>`),
    `keys` their folded forms that indexes stand on; `trashed_at` since when it stands in no list (places.py).
    """

    kind_name: ClassVar[str] = ""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    title = models.CharField(max_length=255, blank=True)
    title_key = KeyField(max_length=255, blank=True, editable=False)
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    access = models.CharField(max_length=5, choices=EVERYONE, default="", blank=True)
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    stage_since = models.DateTimeField(null=True, blank=True)
    next_step_at = models.DateTimeField(null=True, blank=True)
    is_incomplete = models.BooleanField(default=False)
    values = DocumentField(default=dict, blank=True)
    keys = DocumentField(default=dict, blank=True, editable=False)
    version = models.IntegerField(default=1)
    stamp = models.BigIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(editable=False)
    created_by_id = models.BigIntegerField(null=True, editable=False)
    updated_at = models.DateTimeField(editable=False)
    updated_by_id = models.BigIntegerField(null=True, editable=False)
    trashed_at = models.DateTimeField(null=True, blank=True, editable=False)
    trashed_by_id = models.BigIntegerField(null=True, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    def refresh_title(self) -> None:
        """Recompute what is derived from other columns before the record is written."""
        self.title_key = fold(self.title)[:255]

    @property
    def is_trashed(self) -> bool:
        """Whether the record lies in the trash."""
        return self.trashed_at is not None and not self.is_aside

    @property
    def is_aside(self) -> bool:
        """Whether the record is taken out of every list and yet not thrown away (N20)."""
        return self.trashed_at is not None and self.trashed_at == getattr(self, "aside_at", None)


class Section(models.Model):
    """A part of a kind's questionnaire ("Анкета"). The first one is always open to all (I10)."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    names = models.JSONField(default=dict, blank=True)
    position = models.IntegerField(default=0)
    groups = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ("position", "id")


class OwnField(models.Model):
    """A field that the project added to a kind (I09, N21). Values are keyed by `f<id>`, never by its label.

    Without a `section` it stands in the kind's own first one. An `is_auto` field is filled by the system when a record
    enters the stage `auto_at`; `last_number` is the last number it gave, never given again (R5.04). `replaced_by` is
    the field that took its place when its type changed; both keep their values (R5.09). `only` is the sort of records
    it is asked of (people, companies), empty for all.
    """

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=40)
    section = models.ForeignKey(
        Section, on_delete=models.PROTECT, null=True, blank=True, related_name="fields"
    )
    type = models.CharField(max_length=20)
    label = models.CharField(max_length=120)
    labels = models.JSONField(default=dict, blank=True)
    hint = models.CharField(max_length=250, blank=True)
    default = models.JSONField(null=True, blank=True)
    is_required = models.BooleanField(default=False)
    required_from = models.ForeignKey(
        Stage, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    is_one_time = models.BooleanField(default=False)
    is_auto = models.BooleanField(default=False, db_default=False)
    auto_at = models.ForeignKey(Stage, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    last_number = models.BigIntegerField(default=0, db_default=0)
    replaced_by = models.BigIntegerField(null=True, blank=True)
    is_filterable = models.BooleanField(default=True)
    is_sortable = models.BooleanField(default=False)
    options = models.JSONField(default=dict, blank=True)
    only = models.CharField(max_length=20, blank=True, default="", db_default="")
    position = models.IntegerField(default=0)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("position", "id")

    @property
    def name(self) -> str:
        """The key its values are stored under; it never changes."""
        return f"f{self.id}"


class BuiltinSetting(models.Model):
    """What a project has set about a field that the house brings: its words, its place, what is asked of it.

    Such a field can be hidden, never removed (N21). An empty label leaves the house's own words.
    """

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=40)
    label = models.CharField(max_length=120, blank=True)
    labels = models.JSONField(default=dict, blank=True)
    hint = models.CharField(max_length=250, blank=True)
    default = models.JSONField(null=True, blank=True)
    is_required = models.BooleanField(default=False)
    required_from = models.ForeignKey(
        Stage, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    is_one_time = models.BooleanField(default=False)
    is_hidden = models.BooleanField(default=False)
    only = models.CharField(max_length=20, blank=True, default="", db_default="")
    position = models.IntegerField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("kind", "name"), name="builtinsetting_field")]


class FieldKey(models.Model):
    """The folded keys of fields that hold several values, a row a value: filters and telephony find records by them."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=40)
    field = models.CharField(max_length=40)
    key = KeyField(max_length=255)
    record_id = models.BigIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=("kind", "field", "key", "record_id"), name="fieldkey_lookup"),
            models.Index(fields=("kind", "record_id"), name="fieldkey_record"),
        ]


class SavedView(models.Model):
    """A named state of a list: filters, columns, order. Without an owner it is shared by all."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    names = models.JSONField(default=dict, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    query = models.JSONField(default=dict)
    is_pinned = models.BooleanField(default=False)
    position = models.IntegerField(default=0)

    class Meta:
        ordering = ("position", "id")


class Definitions(models.Model):
    """One row: the version of all that the project defines. Every process asks it before trusting its memory.

    `chosen` is what stands in the general settings (preferences.py).
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    version = models.BigIntegerField(default=1)
    chosen = models.JSONField(default=dict)


class StageTotal(models.Model):
    """How many records and what sum stand in a stage, for each responsible and access: what a board shows.

    Kept by the action that moves them, in the same transaction.
    """

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=40)
    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="+")
    responsible_id = models.BigIntegerField(default=0)
    access = models.CharField(max_length=5, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    number = models.BigIntegerField(default=0)
    amount = models.DecimalField(max_digits=30, decimal_places=6, default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("kind", "stage", "responsible_id", "access", "currency"), name="stagetotal_cell"
            )
        ]


class SearchRow(models.Model):
    """What a record is found by. `phones` holds reversed digits, `start` the folded beginning of its title."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=40)
    record_id = models.BigIntegerField(unique=True)
    text = models.TextField()
    start = KeyField(max_length=100, blank=True)
    phones = KeyField(max_length=255, blank=True)
    stamp = models.BigIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=("start",), name="search_start"),
            models.Index(fields=("phones",), name="search_phones"),
        ]


class OwnerTotal(models.Model):
    """How many records of a kind, not in the trash, stand with each responsible and access.

    From it a list knows beforehand how much of a table its reader sees, and walks it accordingly.
    """

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=40)
    responsible_id = models.BigIntegerField(default=0)
    access = models.CharField(max_length=5, blank=True)
    number = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("kind", "responsible_id", "access"), name="ownertotal_cell")
        ]


class ListEntry(models.Model):
    """An entry of a list that the project keeps for a built-in field: tags, the reasons why deals are lost.

    `asks_words` says that choosing it needs a word of explanation. What was chosen keeps an entry that is removed.
    """

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=40)
    field = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    names = models.JSONField(default=dict, blank=True)
    color = models.CharField(max_length=20, blank=True, default="", db_default="")
    asks_words = models.BooleanField(default=False)
    position = models.IntegerField(default=0)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("position", "id")


class StageCheck(models.Model):
    """A point of a stage's checklist that is done for a record: by whom and when."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    item = models.CharField(max_length=20)
    done_by_id = models.BigIntegerField(null=True)
    done_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("record_id", "item"), name="stagecheck_once")]


class CurrencyRate(models.Model):
    """What one unit of a currency cost on a day, in units of `base`; `source` is a bank's code or `hand`."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=3)
    base = models.CharField(max_length=3)
    day = models.DateField()
    value = models.DecimalField(max_digits=24, decimal_places=10)
    source = models.CharField(max_length=10)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("code", "base", "day"), name="currencyrate_day")]
