-- One line for each account, person and kind that runs on the day. The columns and joins of
-- the cause are those of accounts/queries/causes.py.
WITH folded AS (
    SELECT account_id, person_id, kind,
        coalesce(range_agg(daterange(starts, ends, '[]')) FILTER (WHERE NOT blocked), '{}') AS free,
        coalesce(range_agg(daterange(starts, ends, '[]')) FILTER (WHERE blocked), '{}') AS barred
    FROM accounts_accessgrant
    GROUP BY account_id, person_id, kind
    HAVING bool_or(%(day)s BETWEEN starts AND ends)
), runs AS (  -- a day is blocked when nothing of the kind is free on it
    SELECT account_id, person_id, kind, NOT free @> %(day)s::date AS blocked, run
    FROM folded CROSS JOIN LATERAL unnest(CASE WHEN free @> %(day)s::date THEN free ELSE barred - free END) AS run
    WHERE run @> %(day)s::date
), speaking AS (  -- the primary cause: of what runs, the longest-standing
    SELECT DISTINCT ON (r.account_id, r.person_id, r.kind) r.run, g.*
    FROM runs r
    JOIN accounts_accessgrant g ON g.account_id = r.account_id AND g.person_id = r.person_id AND g.kind = r.kind
        AND g.blocked = r.blocked AND %(day)s BETWEEN g.starts AND g.ends
    ORDER BY r.account_id, r.person_id, r.kind, g.since, g.acts_as, g.id
)
SELECT account.customer_number, person.employee_number, g.blocked, lower(g.run), upper(g.run) - 1, {columns}
FROM speaking g
JOIN accounts_account account ON account.id = g.account_id
JOIN accounts_person person ON person.id = g.person_id
{joins}
ORDER BY account.customer_number COLLATE "C", person.employee_number COLLATE "C", g.kind COLLATE "C"
