import time

from django.db import migrations


def add(apps, schema_editor):
    """A step in Python, slow enough to be killed in."""
    tree = apps.get_model("growing", "Tree")
    time.sleep(0.3)
    tree.objects.create(name="by code")


class Migration(migrations.Migration):
    dependencies = [("growing", "0002_height")]
    operations = [migrations.RunPython(add)]
