-- Sites as the file names them: the last row about a site speaks.

CREATE TEMP TABLE named_sites ON COMMIT DROP AS
SELECT DISTINCT ON (s.site_number) s.site_number, s.site_name, s.street_address, s.postal_code, s.city, s.account_id,
    a.id AS area_id, s.row
FROM staged s LEFT JOIN accounts_area a ON a.code = s.area_code AND s.area_code <> ''
ORDER BY s.site_number, s.row DESC;

CREATE TEMP TABLE sites_changed ON COMMIT DROP AS
WITH differing AS (
    SELECT s.id, n.row, to_jsonb(s) AS before, coalesce(nullif(n.site_name, ''), s.name) AS name,
        coalesce(nullif(n.street_address, ''), s.street_address) AS street_address,
        coalesce(nullif(n.postal_code, ''), s.postal_code) AS postal_code,
        coalesce(nullif(n.city, ''), s.city) AS city
    FROM named_sites n JOIN accounts_site s ON s.number = n.site_number
), made AS (
    UPDATE accounts_site s SET name = d.name, street_address = d.street_address, postal_code = d.postal_code,
        city = d.city
    FROM differing d
    WHERE s.id = d.id
      AND (s.name, s.street_address, s.postal_code, s.city) <> (d.name, d.street_address, d.postal_code, d.city)
    RETURNING s.id
) SELECT d.id, d.row, d.before FROM made JOIN differing d USING (id);

INSERT INTO accounts_site (number, name, street_address, postal_code, city)
SELECT n.site_number, coalesce(nullif(n.site_name, ''), n.site_number), n.street_address, n.postal_code, n.city
FROM named_sites n
WHERE NOT EXISTS (SELECT FROM accounts_site s WHERE s.number = n.site_number)
ORDER BY n.site_number;

ALTER TABLE named_sites ADD COLUMN site_id bigint;
UPDATE named_sites n SET site_id = s.id FROM accounts_site s WHERE s.number = n.site_number;
ANALYZE named_sites;
