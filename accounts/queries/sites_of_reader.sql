-- The sites that are open at the account on the day, and whether the person answers for them: as open_sites.sql.
SELECT s.name, s.street_address, s.postal_code, s.city, p.area_id, s.id IN (
    SELECT site_id FROM accounts_assignment WHERE person_id = %(person)s AND (period @> %(day)s::date) IS TRUE)
FROM accounts_placement p JOIN accounts_site s ON s.id = p.site_id
WHERE p.account_id = %(account)s AND p.period @> %(day)s::date
ORDER BY s.name_key, s.number
