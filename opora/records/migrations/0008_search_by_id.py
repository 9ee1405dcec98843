"""Search rows are walked in the order of their ids; an index by kind and stamp only misled PostgreSQL's planner.

Without statistics it read every row of the kinds (120,000 rows: 520 ms, by trigrams 0.3 ms), and since stamps were
indexed each change of a record wrote its trigrams anew. What waits to be sorted into a trigram index is read by every
search, so it is kept short (4 MB of it: 60 ms). On SQLite a change of the stamp alone leaves the trigram index alone.
"""

from django.db import migrations

from opora.records.fulltext import INDEX, MAKE_TRIGGERS
from opora.records.sqlmigration import DatabaseSQL

CHANGED = f"{INDEX}_changed"
POSTGRESQL = [
    "ALTER INDEX search_text_trgm SET (gin_pending_list_limit = 256)",
    "ALTER INDEX search_phones_trgm SET (gin_pending_list_limit = 256)",
    "ALTER TABLE records_searchrow SET (fillfactor = 90)",
]


class Migration(migrations.Migration):
    dependencies = [("records", "0007_stages_take_out")]
    operations = [
        migrations.RemoveIndex(model_name="searchrow", name="search_newest"),
        DatabaseSQL(
            sqlite=[f"DROP TRIGGER IF EXISTS {CHANGED}", MAKE_TRIGGERS[CHANGED]], postgresql=POSTGRESQL
        ),
    ]
