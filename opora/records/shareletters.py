"""What is shared is told by e-mail too, to whoever has one and wants it (O15).

Rights are asked when the letter is written (R2.07).
"""

from collections.abc import Collection

from opora.jobs.tasks import task
from opora.people import directory
from opora.people.access import Access
from opora.people.mail import letters, servers
from opora.people.models import User
from opora.records import sight
from opora.records.kinds import kinds
from opora.timeline.events import Ref
from opora.timeline.notices import Told


def announce(user_ids: Collection[int], told: Told) -> None:
    """Ask for a letter to each of these people who takes letters; nothing where none are sent."""
    takers = User.objects.filter(pk__in=user_ids, takes_letters=True).exclude(email="")
    if not user_ids or not servers.can_write():
        return
    for user_id in takers.order_by("pk").values_list("pk", flat=True):
        write.enqueue(user_id, told.subject.kind, told.subject.id, told.actor_id)


@task(atomic=False, max_attempts=8)
def write(user_id: int, kind_name: str, record_id: int, actor_id: int | None) -> None:
    """Write the letter, if the person still takes letters and sees the record."""
    user = User.objects.select_related("role", "department").filter(pk=user_id).exclude(email="").first()
    if user is None or not user.may_enter or not user.takes_letters or not servers.can_write():
        return
    ref = Ref(kind_name, record_id)
    title = sight.titles(Access.of(user), [ref]).get(ref)
    if title is not None:
        where = f"{kinds[kind_name].url}/{record_id}/"
        letters.write_of_share(user, directory.name_of(actor_id), title, where)
