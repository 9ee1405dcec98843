from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("growing", "0003_count")]
    operations = [migrations.AlterField("Tree", "name", models.TextField(unique=True))]
