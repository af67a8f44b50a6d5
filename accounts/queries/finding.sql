-- What a reader finds: how many of each kind at each account, and the newest of each kind that was asked for, first by
-- title alone, then by all of the text (which has the title in it: who asks puts the two together).
-- `titles` and `anywhere` are text queries in the scopes that the reader holds, `anywhere` one for each account. `most`
-- bounds the rows of an account that are read at all, so that the commonest word costs the reader of every account no
-- more than a moment.
WITH titles AS MATERIALIZED (
    SELECT found.* FROM unnest(%(titles)s::text[]) AS asked(query)
    CROSS JOIN LATERAL (
        SELECT id, kind, changed_at FROM accounts_searchentry
        WHERE words @@ asked.query::tsquery AND (%(since)s::timestamptz IS NULL OR changed_at >= %(since)s)
        LIMIT %(most_titles)s
    ) found
),
anywhere AS MATERIALIZED (
    SELECT found.* FROM unnest(%(anywhere)s::text[]) AS asked(query)
    CROSS JOIN LATERAL (
        SELECT id, account_id, kind, changed_at FROM accounts_searchentry
        WHERE words @@ asked.query::tsquery AND (%(since)s::timestamptz IS NULL OR changed_at >= %(since)s)
        LIMIT %(most)s
    ) found
)
SELECT 'count' AS what, account_id AS id, kind, count(*) AS number FROM anywhere GROUP BY account_id, kind
UNION ALL
SELECT 'title', best.id, asked.kind, 0
FROM unnest(%(kinds)s::text[]) AS asked(kind)
CROSS JOIN LATERAL (
    SELECT id FROM titles WHERE titles.kind = asked.kind ORDER BY changed_at DESC, id DESC LIMIT %(until)s
) best
UNION ALL
SELECT 'text', best.id, asked.kind, 0
FROM unnest(%(kinds)s::text[]) AS asked(kind)
CROSS JOIN LATERAL (
    SELECT id FROM anywhere WHERE anywhere.kind = asked.kind ORDER BY changed_at DESC, id DESC LIMIT 2 * %(until)s
) best
