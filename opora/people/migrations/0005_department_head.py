"""A department may have a head, who leads everybody in it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """One column, empty at first."""

    dependencies = [("people", "0004_second_factor")]

    operations = [
        migrations.AddField(
            model_name="department",
            name="head",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="headed",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
