"""That mail comes back is known of an address: with another one it is forgotten, whoever writes it."""

from django.db import migrations

FORGET = """
CREATE FUNCTION accounts_forget_failing_mail() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.mail_fails_since := NULL;
    RETURN NEW;
END $$;
CREATE TRIGGER person_failing_mail BEFORE UPDATE OF email ON accounts_person
FOR EACH ROW WHEN (OLD.email <> NEW.email AND OLD.mail_fails_since IS NOT NULL)
EXECUTE FUNCTION accounts_forget_failing_mail();
"""
KEEP = "DROP TRIGGER person_failing_mail ON accounts_person; DROP FUNCTION accounts_forget_failing_mail"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0011_notices_and_second_eyes")]
    operations = [migrations.RunSQL(FORGET, KEEP)]
