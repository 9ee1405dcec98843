"""A person belongs to several companies, with a role in each (O01)."""

import django.db.models.deletion
from django.db import migrations, models

import opora.kit.ids


class Migration(migrations.Migration):
    dependencies = [("contacts", "0006_aside")]

    operations = [
        migrations.AddField("contact", "companies", models.JSONField(blank=True, default=list, null=True)),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        default=opora.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="contacts.contact"
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="contacts.contact"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["company", "person"], name="membership_of")],
                "constraints": [
                    models.UniqueConstraint(fields=("person", "company"), name="membership_once")
                ],
            },
        ),
    ]
