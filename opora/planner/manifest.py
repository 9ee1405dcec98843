"""What tasks bring to the house."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from opora.planner.models import Task
from opora.records.kinds import Kind, builtin, common_fields, register
from opora.timeline.events import Ref


def above(task: Task) -> Sequence[Ref]:
    """The card a task was set on, and the one at the top of its chain."""
    refs = [Ref(task.about_kind, task.about_id)] if task.about_id else []
    return refs + ([Ref(task.root_kind, task.root_id)] if task.root_id else [])


TASK = register(
    Kind(
        name="task",
        model=Task,
        label=_("Task"),
        label_plural=_("Tasks"),
        icon="checkbox",
        url="tasks",
        parents=above,
        default_columns=("due_at", "category", "responsible"),
        default_sort="due_at",
        fields=(
            builtin("title", "text", _("Title"), key_column="title_key", is_required=True, max_length=250),
            builtin("due_at", "moment", _("Due")),
            builtin("done_at", "moment", _("Closed"), writable=False),
            builtin("category", "text", _("Category"), max_length=60, is_filterable=False, is_sortable=False),
            builtin("description", "long_text", _("Description"), max_length=10_000, is_sortable=False),
            *common_fields(
                responsible=builtin("responsible", "user", _("Responsible"), is_sortable=False),
            ),
        ),
    )
)
