"""Two local sections of an account may change places: that no two stand at one is looked at when all is written."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("channels_app", "0003_revisions_keep_their_audience")]
    operations = [
        migrations.RemoveConstraint("section", "one_local_section_a_place"),
        migrations.AddConstraint(
            "section",
            models.UniqueConstraint(
                deferrable=models.Deferrable.DEFERRED,
                fields=("account", "local_place"),
                name="one_local_section_a_place",
            ),
        ),
    ]
