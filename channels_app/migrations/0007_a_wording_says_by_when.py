"""A wording that asks everybody again says by when: while it waits for second eyes, the message's own time stands."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("channels_app", "0006_limits_of_messages")]
    operations = [
        migrations.AddField(
            model_name="wording",
            name="acknowledge_by",
            field=models.DateTimeField(null=True),
        ),
    ]
