"""The trigram index behind search: FTS5 beside the table on SQLite, pg_trgm on PostgreSQL."""

from django.db import migrations

from opora.records.fulltext import MAKE_INDEX, MAKE_TRIGGERS, TABLE
from opora.records.sqlmigration import DatabaseSQL

POSTGRESQL = [
    f"CREATE INDEX search_text_trgm ON {TABLE} USING gin (text gin_trgm_ops)",
    f"CREATE INDEX search_phones_trgm ON {TABLE} USING gin (phones gin_trgm_ops)",
]


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial")]
    operations = [DatabaseSQL(sqlite=[MAKE_INDEX, *MAKE_TRIGGERS.values()], postgresql=POSTGRESQL)]
