from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("growing", "0001_tree")]
    operations = [
        migrations.AddField("Tree", "height", models.IntegerField(default=7, db_default=7)),
        migrations.AddIndex("Tree", models.Index(fields=["name", "height"], name="tree_by_height")),
    ]
