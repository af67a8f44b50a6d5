-- Those who direct the accounts that the reader sees, or answer for sites of theirs, whose name or title has every word in
-- it, with which of those accounts that is.
WITH theirs AS MATERIALIZED (
    SELECT DISTINCT person_id, account_id FROM accounts_accessgrant
    WHERE account_id = ANY(%(accounts)s) AND kind IN ('director', 'responsible')
        AND starts <= %(day)s AND ends >= %(day)s AND NOT blocked
)
SELECT p.first_name, p.last_name, p.title, p.phone, array_agg(theirs.account_id ORDER BY theirs.account_id)
FROM theirs JOIN accounts_person p ON p.id = theirs.person_id
WHERE (p.left_on IS NULL OR p.left_on >= %(day)s) AND (
    SELECT bool_and(p.name_key || ' ' || finnish_key(p.title) LIKE ANY(string_to_array(word, ' ')))
    FROM unnest(%(words)s::text[]) AS word
)
GROUP BY p.id
ORDER BY p.name_key, p.id
LIMIT %(limit)s
