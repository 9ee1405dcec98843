"""The questionnaire: what is set about built-in fields, fields that the system fills, fields whose type changed."""

import django.db.models.deletion
import opora.kit.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0002_search"),
    ]

    operations = [
        migrations.AddField(
            model_name="ownfield",
            name="auto_at",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="records.stage",
            ),
        ),
        migrations.AddField(
            model_name="ownfield",
            name="is_auto",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="ownfield",
            name="last_number",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="ownfield",
            name="replaced_by",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="ownfield",
            name="section",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="fields",
                to="records.section",
            ),
        ),
        migrations.CreateModel(
            name="BuiltinSetting",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        default=opora.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=40)),
                ("label", models.CharField(blank=True, max_length=120)),
                ("labels", models.JSONField(blank=True, default=dict)),
                ("hint", models.CharField(blank=True, max_length=250)),
                ("default", models.JSONField(blank=True, null=True)),
                ("is_required", models.BooleanField(default=False)),
                ("is_one_time", models.BooleanField(default=False)),
                ("is_hidden", models.BooleanField(default=False)),
                ("position", models.IntegerField(blank=True, null=True)),
                (
                    "required_from",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="records.stage",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "name"), name="builtinsetting_field")
                ],
            },
        ),
    ]
