-- The open sites of the accounts that the reader sees, with what was asked in their names, numbers or addresses. The
-- reader's own come first of all: other accounts' sites are not even compared.
WITH mine AS MATERIALIZED (
    SELECT site_id, account_id FROM accounts_placement
    WHERE account_id = ANY(%(accounts)s) AND period @> %(day)s::date
)
SELECT s.number, s.name, s.street_address, s.postal_code, s.city, mine.account_id
FROM mine
CROSS JOIN LATERAL (
    SELECT *, name_key AS key, lower(number || ' ' || street_address || ' ' || postal_code || ' ' || city) AS also
    FROM accounts_site WHERE id = mine.site_id OFFSET 0  -- each by its number: the words never go over all of them
) s
WHERE {named}
ORDER BY s.name_key, s.number
LIMIT %(limit)s
