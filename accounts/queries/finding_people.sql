-- Those who direct the accounts that the reader sees, or answer for sites of theirs, with what was asked in their name or
-- title, and with which of those accounts that is.
WITH theirs AS MATERIALIZED (
    SELECT person_id, array_agg(DISTINCT account_id) AS account_ids FROM accounts_accessgrant
    WHERE account_id = ANY(%(accounts)s) AND kind IN ('director', 'responsible')
        AND starts <= %(day)s AND ends >= %(day)s AND NOT blocked
    GROUP BY person_id
)
SELECT s.first_name, s.last_name, s.title, s.phone, theirs.account_ids
FROM theirs
CROSS JOIN LATERAL (
    SELECT *, name_key AS key, lower(title) AS also FROM accounts_person WHERE id = theirs.person_id OFFSET 0
) s
WHERE (s.left_on IS NULL OR s.left_on >= %(day)s) AND {named}
ORDER BY s.name_key, s.id
LIMIT %(limit)s
