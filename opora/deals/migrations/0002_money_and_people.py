"""What a deal is worth in the project's currency, its budget, why it is lost; the people who take part in it."""

import django.db.models.deletion
import opora.kit.ids
from django.db import migrations, models
from opora.records.sqlmigration import DatabaseSQL

WORTH = "UPDATE deals_deal SET worth = amount, worth_currency = currency WHERE amount IS NOT NULL"


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0002_channels"),
        ("deals", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="deal",
            name="budget",
            field=models.CharField(db_default="fixed", default="fixed", max_length=10),
        ),
        migrations.AddField(
            model_name="deal",
            name="budget_term",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="deal",
            name="rate",
            field=models.DecimalField(blank=True, decimal_places=10, max_digits=24, null=True),
        ),
        migrations.AddField(
            model_name="deal",
            name="reason",
            field=models.CharField(blank=True, db_default="", default="", max_length=20),
        ),
        migrations.AddField(
            model_name="deal",
            name="worth",
            field=models.DecimalField(blank=True, decimal_places=6, max_digits=24, null=True),
        ),
        migrations.AddField(
            model_name="deal",
            name="worth_currency",
            field=models.CharField(blank=True, db_default="", default="", max_length=3),
        ),
        migrations.AddField(
            model_name="deal",
            name="people",
            field=models.JSONField(blank=True, default=list, null=True),
        ),
        migrations.CreateModel(
            name="Participant",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        default=opora.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="contacts.contact"
                    ),
                ),
                (
                    "deal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="deals.deal",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["contact", "deal"], name="participant_of")],
                "constraints": [models.UniqueConstraint(fields=("deal", "contact"), name="participant_once")],
            },
        ),
        DatabaseSQL(sqlite=[WORTH], postgresql=[WORTH]),
    ]
