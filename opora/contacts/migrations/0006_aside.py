"""Contacts may be set aside as no clients (N20)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contacts", "0005_stages_hold_what_rights_test")]

    operations = [
        migrations.AddField(
            "contact", "aside_at", models.DateTimeField(blank=True, editable=False, null=True)
        ),
    ]
