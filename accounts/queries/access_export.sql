-- One line for each account, person and kind that runs on the day. The columns and joins of
-- the cause are those of accounts/queries/causes.py.
WITH running AS MATERIALIZED (
    SELECT account_id, person_id, kind, starts, ends, blocked
    FROM accounts_accessgrant WHERE %(day)s BETWEEN starts AND ends
), spans AS (
    SELECT account_id, person_id, kind, min(starts) AS first, max(ends) AS last,
        bool_and(blocked) AS all_blocked, bool_or(blocked) AS any_blocked
    FROM running GROUP BY account_id, person_id, kind
), touched AS (  -- the few whose other days touch those of what runs: only there may a run be longer than its rows
    SELECT DISTINCT s.account_id, s.person_id, s.kind
    FROM spans s
    JOIN accounts_accessgrant o ON o.account_id = s.account_id AND o.person_id = s.person_id AND o.kind = s.kind
    WHERE NOT %(day)s BETWEEN o.starts AND o.ends AND o.starts <= s.last + 1 AND o.ends >= s.first - 1
        AND NOT (o.starts >= s.first AND o.ends <= s.last AND o.blocked = s.all_blocked AND o.blocked = s.any_blocked)
), known AS (
    SELECT account_id, person_id, kind, starts, ends, blocked FROM running
    UNION ALL
    SELECT o.account_id, o.person_id, o.kind, o.starts, o.ends, o.blocked
    FROM touched t  -- + 0: one pass over the table, not one walk through an account's index for each
    JOIN accounts_accessgrant o ON o.account_id + 0 = t.account_id AND o.person_id + 0 = t.person_id AND o.kind = t.kind
    WHERE NOT %(day)s BETWEEN o.starts AND o.ends
), folded AS (
    SELECT account_id, person_id, kind,
        coalesce(range_agg(daterange(starts, ends, '[]')) FILTER (WHERE NOT blocked), '{}') AS free,
        coalesce(range_agg(daterange(starts, ends, '[]')) FILTER (WHERE blocked), '{}') AS barred
    FROM known
    GROUP BY account_id, person_id, kind
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
