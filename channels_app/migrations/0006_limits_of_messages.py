"""Messages take their limits from the database too, and pass them on to what tells of them: files, wordings, notices."""

from django.db import migrations

LIMITS = """
CREATE TRIGGER message_audience BEFORE INSERT OR UPDATE OF "limit", audience, account_id, section_id
ON channels_app_message FOR EACH ROW EXECUTE FUNCTION channel_page_audience();

CREATE FUNCTION channel_wording_audience() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.audience := (SELECT audience FROM channels_app_message WHERE id = NEW.message_id FOR SHARE);
    RETURN NEW;
END $$;
CREATE TRIGGER wording_audience BEFORE INSERT ON channels_app_wording
FOR EACH ROW EXECUTE FUNCTION channel_wording_audience();

CREATE OR REPLACE FUNCTION channel_file_audience() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE of_section text[] := channel_section_limit(NEW.account_id, NEW.section_id);
BEGIN
    IF NEW.page_id IS NOT NULL THEN
        SELECT audience INTO NEW.audience FROM channels_app_page WHERE id = NEW.page_id FOR SHARE;
    ELSIF NEW.message_id IS NOT NULL THEN
        SELECT audience INTO NEW.audience FROM channels_app_message WHERE id = NEW.message_id FOR SHARE;
    ELSE
        NEW.audience := channel_audience(NULL, of_section);
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER file_audience ON channels_app_file;
CREATE TRIGGER file_audience BEFORE INSERT OR UPDATE OF audience, page_id, message_id, account_id, section_id
ON channels_app_file FOR EACH ROW EXECUTE FUNCTION channel_file_audience();

-- The wording that stands, those that wait for second eyes, and all that tells of the message follow it; wordings of
-- before keep who could see them.
CREATE FUNCTION channel_pass_message_audience_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE channels_app_file SET audience = NULL WHERE message_id = NEW.id;
    UPDATE channels_app_wording w SET audience = NEW.audience
    WHERE w.message_id = NEW.id AND (w.reply_id IS NULL AND w.number >= NEW.number
        OR w.reply_id IS NOT NULL AND w.number = (SELECT number FROM channels_app_reply r WHERE r.id = w.reply_id));
    UPDATE accounts_notice SET audience = NEW.audience WHERE thing = 'message' AND object_id = NEW.id;
    UPDATE accounts_approval SET audience = NEW.audience WHERE thing = 'message' AND object_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER message_audience_passed_on AFTER UPDATE ON channels_app_message
FOR EACH ROW WHEN (OLD.audience IS DISTINCT FROM NEW.audience) EXECUTE FUNCTION channel_pass_message_audience_on();

CREATE FUNCTION channel_pass_message_subject_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE accounts_notice SET title = NEW.subject WHERE thing = 'message' AND object_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER message_subject_passed_on AFTER UPDATE OF subject ON channels_app_message
FOR EACH ROW WHEN (OLD.subject <> NEW.subject) EXECUTE FUNCTION channel_pass_message_subject_on();

CREATE OR REPLACE FUNCTION channel_pass_section_limit_on() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE changed channels_app_sectionsetting := coalesce(NEW, OLD);
BEGIN
    UPDATE channels_app_page SET audience = NULL
    WHERE account_id = changed.account_id AND section_id = changed.section_id;
    UPDATE channels_app_message SET audience = NULL
    WHERE account_id = changed.account_id AND section_id = changed.section_id;
    UPDATE channels_app_file SET audience = NULL
    WHERE account_id = changed.account_id AND section_id = changed.section_id AND page_id IS NULL
        AND message_id IS NULL;
    RETURN NULL;
END $$;
"""
AS_BEFORE = """
DROP TRIGGER message_subject_passed_on ON channels_app_message;
DROP TRIGGER message_audience_passed_on ON channels_app_message;
DROP TRIGGER wording_audience ON channels_app_wording;
DROP TRIGGER message_audience ON channels_app_message;
DROP FUNCTION channel_pass_message_subject_on, channel_pass_message_audience_on, channel_wording_audience;
CREATE OR REPLACE FUNCTION channel_pass_section_limit_on() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE changed channels_app_sectionsetting := coalesce(NEW, OLD);
BEGIN
    UPDATE channels_app_page SET audience = NULL
    WHERE account_id = changed.account_id AND section_id = changed.section_id;
    UPDATE channels_app_file SET audience = NULL
    WHERE account_id = changed.account_id AND section_id = changed.section_id AND page_id IS NULL;
    RETURN NULL;
END $$;
DROP TRIGGER file_audience ON channels_app_file;
CREATE OR REPLACE FUNCTION channel_file_audience() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE of_section text[] := channel_section_limit(NEW.account_id, NEW.section_id);
BEGIN
    IF NEW.page_id IS NULL THEN
        NEW.audience := channel_audience(NULL, of_section);
    ELSE
        SELECT audience INTO NEW.audience FROM channels_app_page WHERE id = NEW.page_id FOR SHARE;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER file_audience BEFORE INSERT OR UPDATE OF audience, page_id, account_id, section_id
ON channels_app_file FOR EACH ROW EXECUTE FUNCTION channel_file_audience();
"""


class Migration(migrations.Migration):
    dependencies = [("channels_app", "0005_messages"), ("accounts", "0011_notices_and_second_eyes")]
    operations = [migrations.RunSQL(LIMITS, AS_BEFORE)]
