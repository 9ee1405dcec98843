"""Several sites and addresses instead of one each; phone numbers hidden from whom they are not for (O01, R5.05)."""

from django.db import migrations, models

from opora.kit import phones
from opora.kit.text import fold
from opora.records.sqlmigration import DatabaseSQL

BATCH = 1000
COPY = """
UPDATE contacts_contact SET
  sites = CASE WHEN site = '' THEN {empty} ELSE {array}({object}('value', site, 'label', 'site')) END,
  addresses = CASE WHEN address = '' THEN {empty} ELSE {array}({object}('value', address, 'label', 'actual')) END
WHERE site <> '' OR address <> ''
"""
SQLITE = COPY.format(empty="json('[]')", array="json_array", object="json_object")
POSTGRESQL = COPY.format(empty="'[]'::jsonb", array="jsonb_build_array", object="jsonb_build_object")
# Whoever could read numbers until now still can: hiding them is a choice that a role makes.
SEE_SQLITE = """
UPDATE people_role SET switches = json_insert(switches, '$[#]', 'phone.see')
WHERE NOT EXISTS (SELECT 1 FROM json_each(switches) WHERE value = 'phone.see')
"""
SEE_POSTGRESQL = """
UPDATE people_role SET switches = switches || '["phone.see"]'::jsonb
WHERE NOT switches @> '["phone.see"]'::jsonb
"""


def hide_numbers(apps, schema_editor):
    """Take numbers out of titles and of the words of the search; they keep their own column there."""
    contacts, rows = apps.get_model("contacts", "Contact"), apps.get_model("records", "SearchRow")
    numbers = list(contacts.objects.exclude(phones=[]).values_list("pk", flat=True))
    for start in range(0, len(numbers), BATCH):
        found = {
            contact.pk: contact for contact in contacts.objects.filter(pk__in=numbers[start : start + BATCH])
        }
        unnamed = [contact for contact in found.values() if contact.title.startswith("+")]
        for contact in unnamed:
            contact.title = phones.masked(contact.title)
            contact.title_key = fold(contact.title)[:255]
        contacts.objects.bulk_update(unnamed, ["title", "title_key"], batch_size=200)
        changed = list(rows.objects.filter(record_id__in=found))
        for row in changed:
            row.text, row.start = _text(found[row.record_id]), found[row.record_id].title_key[:100]
        rows.objects.bulk_update(changed, ["text", "start"], batch_size=200)


def _text(contact):
    words = [contact.title, contact.company_name, contact.first_name, contact.last_name, contact.city]
    words += [item["value"] for item in (*contact.addresses, *contact.sites, *contact.emails)]
    return fold(" ".join(words))


class Migration(migrations.Migration):
    dependencies = [("contacts", "0001_initial"), ("people", "0001_initial"), ("records", "0002_search")]

    operations = [
        migrations.AddField("contact", "sites", models.JSONField(blank=True, default=list)),
        migrations.AddField("contact", "addresses", models.JSONField(blank=True, default=list)),
        DatabaseSQL(sqlite=[SQLITE, SEE_SQLITE], postgresql=[POSTGRESQL, SEE_POSTGRESQL]),
        migrations.RunPython(hide_numbers, migrations.RunPython.noop),
        migrations.RemoveField("contact", "site"),
        migrations.RemoveField("contact", "address"),
    ]
