"""The ledger is append-only by the database's own word; the titles start with those of the billing system."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the ledger is append-only: % refused', TG_OP USING ERRCODE = 'integrity_constraint_violation'; END
$$;
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON accounts_ledgerentry
FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change();
"""
ALLOW = "DROP TRIGGER ledger_append_only ON accounts_ledgerentry; DROP FUNCTION refuse_ledger_change()"

TITLES = {
    "supervisor": ["esimies", "esihenkilö", "työnjohtaja", "palveluesimies", "supervisor"],
    "instructor": ["ohjaaja", "palveluohjaaja", "instructor"],
    "manager": ["päällikkö", "palvelupäällikkö", "manager"],
    "area_director": ["aluejohtaja", "area director"],
    "business_director": ["liiketoimintajohtaja", "business director"],
    "account_director": ["asiakkuusjohtaja", "key account director"],
    "sales": ["myyntipäällikkö", "myyntijohtaja", "sales manager", "sales director"],
    "specialist": ["toimihenkilö", "specialist", "toimitusjohtaja", "talousjohtaja", "henkilöstöjohtaja",
                   "kehitysjohtaja", "tietohallintojohtaja"],
}  # fmt: skip


def fill(apps, schema_editor):
    apps.get_model("accounts", "DataVersion").objects.create(id=1)
    table = apps.get_model("accounts", "TitleRole")
    table.objects.bulk_create(table(title=title, role=role) for role, titles in TITLES.items() for title in titles)


def clear(apps, schema_editor):
    apps.get_model("accounts", "DataVersion").objects.all().delete()
    apps.get_model("accounts", "TitleRole").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunPython(fill, clear), migrations.RunSQL(REFUSE, ALLOW)]
