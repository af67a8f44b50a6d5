-- As finding_sites.sql, for whoever sees every account: the sites that are named so, in their order, until enough of them
-- are open. The account is compared as a filter (+ 0): looked up in the index, each site would look for all of them.
WITH named AS MATERIALIZED (
    SELECT s.id, s.name_key, s.number FROM (
        SELECT *, name_key AS key, lower(number || ' ' || street_address || ' ' || postal_code || ' ' || city) AS also
        FROM accounts_site
    ) s
    WHERE {named}
    ORDER BY s.name_key, s.number
)
SELECT s.number, s.name, s.street_address, s.postal_code, s.city, found.account_id
FROM (
    SELECT named.*, placed.account_id
    FROM named
    CROSS JOIN LATERAL (
        SELECT account_id FROM accounts_placement
        WHERE site_id = named.id AND account_id + 0 = ANY(%(accounts)s) AND period @> %(day)s::date
        LIMIT 1
    ) placed
    LIMIT %(limit)s
) found
JOIN accounts_site s ON s.id = found.id
ORDER BY found.name_key, found.number
