-- What a reader finds: how many of each kind at each account, and the best of each kind that was asked for.
-- `titles` and `anywhere` are one text query for each account that the reader sees; `most` bounds the rows of an account
-- that are read at all, so that the commonest word costs the reader of every account no more than a moment.
WITH hits AS MATERIALIZED (
    SELECT found.id, found.account_id, found.kind, found.changed_at, TRUE AS in_title
    FROM unnest(%(titles)s::text[]) AS asked(query)
    CROSS JOIN LATERAL (
        SELECT id, account_id, kind, changed_at FROM accounts_searchentry
        WHERE words @@ asked.query::tsquery AND (%(since)s::timestamptz IS NULL OR changed_at >= %(since)s)
        LIMIT %(most)s
    ) found
    UNION ALL
    SELECT found.id, found.account_id, found.kind, found.changed_at, FALSE
    FROM unnest(%(anywhere)s::text[]) AS asked(query)
    CROSS JOIN LATERAL (
        SELECT id, account_id, kind, changed_at FROM accounts_searchentry
        WHERE words @@ asked.query::tsquery AND (%(since)s::timestamptz IS NULL OR changed_at >= %(since)s)
        LIMIT %(most)s
    ) found
)
SELECT 'count', account_id AS id, kind, count(*) AS number FROM hits GROUP BY account_id, kind
UNION ALL
SELECT 'hit', best.id, asked.kind, best.in_title::int
FROM unnest(%(kinds)s::text[]) AS asked(kind)
CROSS JOIN LATERAL (
    SELECT id, in_title FROM hits WHERE hits.kind = asked.kind
    ORDER BY in_title DESC, changed_at DESC, id DESC LIMIT %(limit)s OFFSET %(offset)s
) best
