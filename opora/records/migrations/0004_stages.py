"""Stages: what they ask for, what to do in them, who moves in, for how long; lists, checks and rates beside."""

import opora.kit.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0003_questionnaire"),
    ]

    operations = [
        migrations.CreateModel(
            name="ListEntry",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        default=opora.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("field", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=80)),
                ("names", models.JSONField(blank=True, default=dict)),
                ("asks_words", models.BooleanField(default=False)),
                ("position", models.IntegerField(default=0)),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("position", "id"),
            },
        ),
        migrations.AddField(
            model_name="stage",
            name="asks_reason",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name="stage",
            name="checklist",
            field=models.JSONField(blank=True, default=list, null=True),
        ),
        migrations.AddField(
            model_name="stage",
            name="movers",
            field=models.JSONField(blank=True, default=list, null=True),
        ),
        migrations.AddField(
            model_name="stage",
            name="needs",
            field=models.JSONField(blank=True, default=list, null=True),
        ),
        migrations.AddField(
            model_name="stage",
            name="stale_days",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="CurrencyRate",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        default=opora.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=3)),
                ("base", models.CharField(max_length=3)),
                ("day", models.DateField()),
                ("value", models.DecimalField(decimal_places=10, max_digits=24)),
                ("source", models.CharField(max_length=10)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("code", "base", "day"), name="currencyrate_day")
                ],
            },
        ),
        migrations.CreateModel(
            name="StageCheck",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        default=opora.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("record_id", models.BigIntegerField()),
                ("item", models.CharField(max_length=20)),
                ("done_by_id", models.BigIntegerField(null=True)),
                ("done_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("record_id", "item"), name="stagecheck_once")
                ],
            },
        ),
    ]
