"""Tags, a temperature and a currency of contacts (O03, O04, I14, O29)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contacts", "0002_channels")]

    operations = [
        migrations.AddField("contact", "tags", models.JSONField(blank=True, default=list, null=True)),
        migrations.AddField(
            "contact", "temperature", models.CharField(blank=True, db_default="", default="", max_length=20)
        ),
        migrations.AddField(
            "contact", "currency", models.CharField(blank=True, db_default="", default="", max_length=3)
        ),
    ]
