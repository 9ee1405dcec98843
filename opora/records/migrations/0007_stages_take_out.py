"""A stage may take records out of every list: «Не клиент» (N20)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0006_list_colors")]

    operations = [
        migrations.AddField("stage", "takes_out", models.BooleanField(default=False, db_default=False)),
    ]
