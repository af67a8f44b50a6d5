-- What this file speaks about: its rows with their accounts, the sites that stay frozen, the sites it covers.

CREATE TEMP TABLE new_accounts ON COMMIT DROP AS
WITH made AS (
    INSERT INTO accounts_account (customer_number, name, industry, listed)
    SELECT DISTINCT ON (customer_number) customer_number, coalesce(nullif(customer_name, ''), customer_number), '', TRUE
    FROM accounts_stagedrow
    WHERE roster_import_id = %(import)s AND customer_number = ANY (%(create_accounts)s)
    ORDER BY customer_number, row
    ON CONFLICT (customer_number) DO NOTHING
    RETURNING id, customer_number, name
) SELECT * FROM made;

CREATE TEMP TABLE staged ON COMMIT DROP AS
SELECT s.row, s.customer_number, s.customer_name, s.site_number, s.site_name, s.street_address, s.postal_code, s.city,
    s.area_code, s.area_name, s.employee_number, s.last_name, s.first_name, s.email, s.phone, s.role, s.superior_number,
    s.valid_to, a.id AS account_id, daterange(s.valid_from, s.valid_to, '[]') AS period
FROM accounts_stagedrow s LEFT JOIN accounts_account a USING (customer_number)
WHERE s.roster_import_id = %(import)s;

-- Where the file writes an area's name in place of its code, the code is found by the name.
UPDATE staged s SET area_code = a.code FROM accounts_area a
WHERE a.name = s.area_code AND NOT EXISTS (SELECT FROM accounts_area b WHERE b.code = s.area_code);

-- A site is frozen when a row about it can't be trusted: it keeps what it has.
CREATE TEMP TABLE frozen ON COMMIT DROP AS
SELECT DISTINCT ON (site_number) site_number, code, row FROM (
    SELECT site_number, code, row, 1 AS rank FROM accounts_importproblem
    WHERE roster_import_id = %(import)s AND severity = 'error' AND site_number <> ''
    UNION ALL
    SELECT site_number, 'site_two_customers', max(row), 2 FROM staged
    GROUP BY site_number HAVING min(customer_number) <> max(customer_number)
    UNION ALL
    SELECT site_number, 'customer_unknown', min(row), 3 FROM staged WHERE account_id IS NULL GROUP BY site_number
) reasons ORDER BY site_number, rank, row;

DELETE FROM staged s USING frozen f WHERE f.site_number = s.site_number;
ANALYZE staged (customer_number, site_number, employee_number, role, area_code);

-- The open sites this file covers and does not freeze: what it no longer names of these has ended.
CREATE TEMP TABLE covered ON COMMIT DROP AS
SELECT s.id AS site_id FROM accounts_site s
WHERE NOT EXISTS (SELECT FROM frozen f WHERE f.site_number = s.number)
  AND (%(company)s
       OR s.number IN (SELECT site_number FROM staged)
       OR EXISTS (SELECT FROM accounts_placement p WHERE p.site_id = s.id AND upper_inf(p.period)
                  AND p.account_id IN (SELECT account_id FROM staged)));
