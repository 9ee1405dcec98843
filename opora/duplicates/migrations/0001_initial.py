"""Keys of duplicates, pairs put apart, merges and what went into them."""

import django.db.models.deletion
import opora.kit.ids
import opora.records.columns
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Apart",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        default=opora.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("first", models.BigIntegerField()),
                ("second", models.BigIntegerField()),
            ],
            options={
                "indexes": [models.Index(fields=["kind", "second"], name="apart_second")],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "first", "second"), name="apart_pair")
                ],
            },
        ),
        migrations.CreateModel(
            name="DuplicateKey",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        default=opora.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("sort", models.CharField(max_length=40)),
                ("key", opora.records.columns.KeyField(max_length=200)),
                ("record_id", models.BigIntegerField()),
                ("is_fresh", models.BooleanField(default=True)),
                ("is_shared", models.BooleanField(default=False)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["kind", "sort", "key", "record_id"], name="duplicate_same"),
                    models.Index(fields=["record_id"], name="duplicate_of_record"),
                    models.Index(
                        condition=models.Q(("is_fresh", True)), fields=["id"], name="duplicate_fresh"
                    ),
                    models.Index(
                        condition=models.Q(("is_shared", True)),
                        fields=["kind", "record_id"],
                        name="duplicate_shared",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Merge",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        default=opora.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("target_id", models.BigIntegerField()),
                ("operation_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("by_id", models.BigIntegerField(null=True)),
                ("links", models.JSONField(default=list)),
                ("undone_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["kind", "target_id", "-at"], name="merge_of_target")],
            },
        ),
        migrations.CreateModel(
            name="Merged",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        default=opora.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("record_id", models.BigIntegerField()),
                (
                    "merge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sources",
                        to="duplicates.merge",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["record_id"], name="merged_record")],
            },
        ),
    ]
