"""A revision keeps who could see it while it was the current one, so that widening a page opens nothing of before."""

from django.db import migrations, models

import accounts.models.limited

KEEP = """
CREATE FUNCTION channel_revision_audience() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.audience := (SELECT audience FROM channels_app_page WHERE id = NEW.page_id);
    RETURN NEW;
END $$;
CREATE TRIGGER revision_audience BEFORE INSERT ON channels_app_revision
FOR EACH ROW EXECUTE FUNCTION channel_revision_audience();

CREATE FUNCTION channel_pass_page_audience_to_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE channels_app_revision SET audience = NEW.audience WHERE page_id = NEW.id AND number = NEW.number;
    RETURN NULL;
END $$;
CREATE TRIGGER page_audience_kept_by_revision AFTER UPDATE ON channels_app_page
FOR EACH ROW WHEN (OLD.audience IS DISTINCT FROM NEW.audience)
EXECUTE FUNCTION channel_pass_page_audience_to_revision();

UPDATE channels_app_revision r SET audience = p.audience FROM channels_app_page p
WHERE p.id = r.page_id AND p.audience IS NOT NULL;
"""
KEEP_NOT = """
DROP TRIGGER page_audience_kept_by_revision ON channels_app_page;
DROP TRIGGER revision_audience ON channels_app_revision;
DROP FUNCTION channel_pass_page_audience_to_revision, channel_revision_audience;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_editors_and_search"), ("channels_app", "0002_limits_and_contents")]
    operations = [
        migrations.AddField(
            model_name="revision",
            name="audience",
            field=accounts.models.limited.KindsField(editable=False, size=None),
        ),
        migrations.RunSQL(KEEP, KEEP_NOT),
        migrations.AddConstraint(
            model_name="revision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("audience__isnull", True), ("audience__contains", ["director", "management"]), _connector="OR"
                ),
                name="revision_keeps_those_above_limits",
            ),
        ),
    ]
