-- As finding_people.sql, for whoever sees every account; see finding_sites_anywhere.sql.
WITH named AS MATERIALIZED (
    SELECT s.* FROM (SELECT *, name_key AS key, lower(title) AS also FROM accounts_person) s
    WHERE (s.left_on IS NULL OR s.left_on >= %(day)s) AND {named}
    ORDER BY s.name_key, s.id
)
SELECT found.first_name, found.last_name, found.title, found.phone, found.account_ids
FROM (
    SELECT named.*, theirs.account_ids
    FROM named
    CROSS JOIN LATERAL (
        SELECT array_agg(DISTINCT account_id) AS account_ids FROM accounts_accessgrant
        WHERE person_id = named.id AND account_id + 0 = ANY(%(accounts)s) AND kind IN ('director', 'responsible')
            AND starts <= %(day)s AND ends >= %(day)s AND NOT blocked
        HAVING count(*) > 0
    ) theirs
    LIMIT %(limit)s
) found
ORDER BY found.name_key, found.id
