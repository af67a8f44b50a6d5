-- The sites that are open at the account on the day, a row for each person who answers for one (or an empty one).
-- The array and IS TRUE keep the planner to the plain index on the site: the exclusion constraint's own takes 130
-- walks through a tree of ranges, twenty times as long.
WITH here AS MATERIALIZED (
    SELECT site_id, area_id FROM accounts_placement WHERE account_id = %(account)s AND period @> %(day)s::date
), answers AS (
    SELECT a.site_id, a.role, p.id, p.first_name, p.last_name, p.phone, p.email, p.name_key
    FROM accounts_assignment a JOIN accounts_person p ON p.id = a.person_id
    WHERE a.site_id = ANY (ARRAY (SELECT site_id FROM here)) AND (a.period @> %(day)s::date) IS TRUE
        AND (p.left_on IS NULL OR p.left_on >= %(day)s)
)
SELECT s.number, s.name, s.street_address, s.postal_code, s.city, here.area_id, r.name, r.name_key,
    a.id, a.first_name, a.last_name, a.role, a.phone, a.email
FROM here
JOIN accounts_site s ON s.id = here.site_id
LEFT JOIN accounts_area r ON r.id = here.area_id
LEFT JOIN answers a ON a.site_id = s.id
ORDER BY s.name_key, s.number, a.role DESC, a.name_key
