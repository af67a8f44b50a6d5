"""Limits as the database's own word, and the fourteen sections that every channel begins with.

What may see a page is worked out where it is stored, whoever writes it: the page's own limit and the section's, with
those who stand above limits always in it. Whoever writes a page, file or task shares a lock on the account's row with
the others; whoever changes a section's limit holds it alone, so that nothing is stored by a limit of before.
"""

from django.db import migrations
from django.utils import timezone

LIMITS = """
CREATE FUNCTION channel_audience(own text[], of_section text[]) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN own IS NULL AND of_section IS NULL THEN NULL ELSE (
        SELECT array_agg(DISTINCT kind ORDER BY kind) FROM (
            SELECT unnest(coalesce(own, of_section)) AS kind
            INTERSECT SELECT unnest(coalesce(of_section, own))
            UNION VALUES ('director'), ('management')
        ) kinds
    ) END
$$;

CREATE FUNCTION channel_section_limit(of_account bigint, of_section bigint) RETURNS text[] LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM accounts_account WHERE id = of_account FOR KEY SHARE;
    RETURN (SELECT "limit" FROM channels_app_sectionsetting
            WHERE account_id = of_account AND section_id = of_section);
END $$;

CREATE FUNCTION channel_page_audience() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.audience := channel_audience(NEW."limit", channel_section_limit(NEW.account_id, NEW.section_id));
    RETURN NEW;
END $$;
CREATE TRIGGER page_audience BEFORE INSERT OR UPDATE OF "limit", audience, account_id, section_id
ON channels_app_page FOR EACH ROW EXECUTE FUNCTION channel_page_audience();

CREATE FUNCTION channel_file_audience() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE FUNCTION channel_task_audience() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.audience := NULL;
    IF NEW.memo_id IS NOT NULL THEN
        SELECT audience INTO NEW.audience FROM channels_app_page WHERE id = NEW.memo_id FOR SHARE;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER task_audience BEFORE INSERT OR UPDATE OF audience, memo_id
ON channels_app_task FOR EACH ROW EXECUTE FUNCTION channel_task_audience();

CREATE FUNCTION channel_pass_page_audience_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE channels_app_file SET audience = NULL WHERE page_id = NEW.id;
    UPDATE channels_app_task SET audience = NULL WHERE memo_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER page_audience_passed_on AFTER UPDATE ON channels_app_page
FOR EACH ROW WHEN (OLD.audience IS DISTINCT FROM NEW.audience) EXECUTE FUNCTION channel_pass_page_audience_on();

CREATE FUNCTION channel_hold_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM accounts_account WHERE id = coalesce(NEW.account_id, OLD.account_id) FOR UPDATE;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER section_limit_held BEFORE INSERT OR DELETE OR UPDATE ON channels_app_sectionsetting
FOR EACH ROW EXECUTE FUNCTION channel_hold_account();

CREATE FUNCTION channel_pass_section_limit_on() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE changed channels_app_sectionsetting := coalesce(NEW, OLD);
BEGIN
    UPDATE channels_app_page SET audience = NULL
    WHERE account_id = changed.account_id AND section_id = changed.section_id;
    UPDATE channels_app_file SET audience = NULL
    WHERE account_id = changed.account_id AND section_id = changed.section_id AND page_id IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER section_limit_passed_on AFTER INSERT OR DELETE OR UPDATE ON channels_app_sectionsetting
FOR EACH ROW EXECUTE FUNCTION channel_pass_section_limit_on();
"""
NO_LIMITS = """
DROP TRIGGER section_limit_passed_on ON channels_app_sectionsetting;
DROP TRIGGER section_limit_held ON channels_app_sectionsetting;
DROP TRIGGER page_audience_passed_on ON channels_app_page;
DROP TRIGGER task_audience ON channels_app_task;
DROP TRIGGER file_audience ON channels_app_file;
DROP TRIGGER page_audience ON channels_app_page;
DROP FUNCTION channel_pass_section_limit_on, channel_hold_account, channel_pass_page_audience_on,
    channel_task_audience, channel_file_audience, channel_page_audience, channel_section_limit, channel_audience;
"""

# channel.md, "The fixed table of contents": key, kind, names, review interval, and what belongs there.
SECTIONS = [
    ("announcements", "messages", "Tiedotteet ja kiireelliset", "Announcements and urgent", None,
     "Asiakkuusjohtajan tiedotteet, kiireelliset viestit ja muistioista tiedotetut päätökset.",
     "The director's announcements, urgent messages, and decisions announced from memos."),
    ("questions", "questions", "Kysymykset ja vastaukset", "Questions and answers", None,
     "Kysytään kerran, vastataan kerran, löydetään uudelleen.",
     "Asked once, answered once, found again."),
    ("brief", "page", "Asiakkuus lyhyesti", "The account in brief", 180,
     "Kuka asiakas on, mikä sille on tärkeää ja keneen siellä otetaan yhteyttä.",
     "Who the customer is, what matters to them, and whom to contact there."),
    ("sites", "roster", "Kohteet ja vastuuhenkilöt", "Sites and who answers for them", None,
     "Kohteet ja niistä vastaavat laskutusjärjestelmän mukaan.",
     "The sites and who answers for them, from the billing system."),
    ("contracts", "contracts", "Sopimukset ja palvelukuvaus", "Contracts and service content", 180,
     "Jokaisesta sopimuksesta oma sivunsa: mitä on sovittu, mistä mihin ja mitä palveluun kuuluu.",
     "A page for each contract: what was agreed, for which period, and what the service includes."),
    ("working", "pages", "Toimintaohjeet kohteissa", "Working at the sites", 90,
     "Avaimet, kulkuluvat, työvaatteet, turvallisuus, hygienia, lisätyöt ja laskutus.",
     "Keys, access, clothing, safety, hygiene, extra work and invoicing."),
    ("induction", "pages", "Perehdytys ja koulutus", "Induction and training", 180,
     "Perehdytyssivu, uuden työntekijän muistilista ja koulutusaineisto.",
     "The induction page, a checklist for a new employee, and training material."),
    ("memos", "memos", "Palaverimuistiot", "Meeting memos", None,
     "Palaverien muistiot, päätökset ja sovitut tehtävät.",
     "Memos of meetings, with what was decided and who does what."),
    ("clock", "clock", "Vuosikello", "Annual clock", None,
     "Asiakkuuden vuoden tapahtumat.", "The events of the account's year."),
    ("tasks", "board", "Haltuunotto ja tehtävät", "Takeover and tasks", None,
     "Mitä on sovittu tehtäväksi, kuka tekee ja mihin mennessä.",
     "What has been agreed to do, by whom and by when."),
    ("quality", "quality", "Laatu", "Quality", None,
     "Laatukortit, auditoinnit ja laatukäynnit.", "Quality cards, audits and quality visits."),
    ("customer", "inlet", "Asiakkaan viestit ja reklamaatiot", "Customer messages and complaints", None,
     "Asiakkaan viestit ja reklamaatiot sekä niiden käsittely.",
     "The customer's messages and complaints, and how they are dealt with."),
    ("webinars", "webinars", "Webinaarit", "Webinars", None,
     "Webinaarit ja niiden tallenteet.", "Webinars and their recordings."),
    ("feedback", "feedback", "Palaute ja kyselyt", "Feedback and surveys", None,
     "Palautelaatikko ja vuosikysely.", "The feedback box and the yearly survey."),
]  # fmt: skip


def fill(apps, schema_editor):
    section, line, version = (
        apps.get_model("channels_app", name) for name in ("Section", "ContentsLine", "ContentsVersion")
    )
    first = version.objects.create(number=1, published_at=timezone.now())
    line.objects.bulk_create(
        line(
            version=first,
            section=section.objects.create(key=key, kind=kind),
            position=position,
            name_fi=name_fi,
            name_en=name_en,
            purpose_fi=purpose_fi,
            purpose_en=purpose_en,
            review_days=review_days,
        )
        for position, (key, kind, name_fi, name_en, review_days, purpose_fi, purpose_en) in enumerate(SECTIONS, 1)
    )


def clear(apps, schema_editor):
    for name in ("ContentsVersion", "Section"):
        apps.get_model("channels_app", name).objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("channels_app", "0001_initial")]
    operations = [migrations.RunSQL(LIMITS, NO_LIMITS), migrations.RunPython(fill, clear)]
