"""Two small models of the tests' own, with their tables in whichever project wants them."""

from django.db import connections, models

from opora.tenancy.context import ProjectRef, project


class Shelf(models.Model):
    """Holds books."""

    name = models.CharField(max_length=50)

    class Meta:
        app_label = "tenancy_tests"


class Book(models.Model):
    """Its title says which project it belongs to."""

    title = models.CharField(max_length=50)
    copies = models.IntegerField(default=0)
    shelf = models.ForeignKey(Shelf, null=True, on_delete=models.CASCADE)

    class Meta:
        app_label = "tenancy_tests"


def build(ref: ProjectRef, books: int = 30) -> None:
    """Make the tables in a project and put books titled `<n>-<key>` there."""
    with project(ref, direct=True):
        with connections["default"].schema_editor() as editor:
            editor.create_model(Shelf)
            editor.create_model(Book)
        shelf = Shelf.objects.create(name=f"shelf-{ref.key}")
        Book.objects.bulk_create(Book(title=f"{n}-{ref.key}", shelf=shelf) for n in range(books))
