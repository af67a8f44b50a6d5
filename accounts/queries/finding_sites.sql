-- The open sites of the accounts that the reader sees whose number, name or address has every word in it. A word is its
-- patterns, one of which must fit, with a space between. Sites of other accounts are not even compared.
WITH mine AS MATERIALIZED (
    SELECT DISTINCT ON (site_id) site_id, account_id FROM accounts_placement
    WHERE account_id = ANY(%(accounts)s) AND period @> %(day)s::date
)
SELECT s.number, s.name, s.street_address, s.postal_code, s.city, mine.account_id
FROM mine JOIN accounts_site s ON s.id = mine.site_id
WHERE (
    SELECT bool_and(
        s.name_key || ' ' || finnish_key(s.number || ' ' || s.street_address || ' ' || s.postal_code || ' ' || s.city)
        LIKE ANY(string_to_array(word, ' '))
    )
    FROM unnest(%(words)s::text[]) AS word
)
ORDER BY s.name_key, s.number
LIMIT %(limit)s
