"""Entries of the project's lists have colours: tags and temperatures are seen by them (O04, I14)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0005_larger_sums")]

    operations = [
        migrations.AddField(
            "listentry", "color", models.CharField(blank=True, db_default="", default="", max_length=20)
        ),
    ]
