"""A field may be asked of one sort of records alone: of people, of companies (I09)."""

from django.db import migrations, models


def _only() -> models.CharField:
    return models.CharField(blank=True, db_default="", default="", max_length=20)


class Migration(migrations.Migration):
    dependencies = [("records", "0008_search_by_id")]

    operations = [
        migrations.AddField("ownfield", "only", _only()),
        migrations.AddField("builtinsetting", "only", _only()),
    ]
