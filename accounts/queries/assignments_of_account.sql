-- Who answers for a site of the account on the day, and who is above them, as far as they are among `people`. The
-- chain is cut where it would go round in a circle, as in the derivation.
WITH RECURSIVE answering AS (
    SELECT a.id, a.person_id, a.role, a.site_id, a.roster_import_id,
        lower(a.period * p.period) AS since, upper(a.period * p.period) - 1 AS until
    FROM accounts_placement p
    JOIN accounts_assignment a ON a.site_id = p.site_id
    WHERE p.account_id = %(account)s AND p.period @> %(day)s::date AND a.period @> %(day)s::date
), above AS (
    SELECT p.id AS responsible_id, p.superior_id AS person_id, p.id AS via_id, ARRAY [p.id, p.superior_id] AS path
    FROM accounts_person p
    WHERE p.superior_id IS NOT NULL AND p.id IN (SELECT person_id FROM answering)
    UNION ALL
    SELECT b.responsible_id, s.superior_id, b.person_id, b.path || s.superior_id
    FROM above b JOIN accounts_person s ON s.id = b.person_id
    WHERE s.superior_id IS NOT NULL AND s.superior_id <> ALL (b.path)
), found AS (
    SELECT w.*, w.person_id AS seer_id, 'responsible' AS kind, NULL::bigint AS via_id FROM answering w
    UNION ALL
    SELECT w.*, b.person_id, 'superior', b.via_id FROM answering w JOIN above b ON b.responsible_id = w.person_id
)
SELECT f.seer_id, f.kind, f.since, f.until, f.role, s.name, i.exported_on,
    btrim(r.first_name || ' ' || r.last_name), btrim(v.first_name || ' ' || v.last_name), f.via_id IS NOT DISTINCT FROM f.person_id
FROM found f
JOIN accounts_site s ON s.id = f.site_id
JOIN accounts_person r ON r.id = f.person_id
LEFT JOIN accounts_person v ON v.id = f.via_id
LEFT JOIN accounts_rosterimport i ON i.id = f.roster_import_id
WHERE f.seer_id = ANY (%(people)s)
ORDER BY s.name_key, s.number, r.name_key, f.role
