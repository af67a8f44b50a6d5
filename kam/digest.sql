-- The unread notices that their people chose to hear of once a day, told since their last summary (and at most a
-- fortnight ago): of one person, or of everybody. Whoever no longer sees what a notice is about is not told of it.
WITH topic AS (
    SELECT * FROM unnest(%(kinds)s::text[], %(topics)s::text[], %(defaults)s::text[]) AS t(kind, topic, way)
), last AS (
    SELECT person_id, max(created_at) AS at FROM accounts_delivery
    WHERE template = %(template)s::text AND state = 'sent' AND created_at > %(oldest)s::timestamptz
        AND (%(person)s::bigint IS NULL OR person_id = %(person)s::bigint)
    GROUP BY person_id
)
SELECT n.person_id, n.id
FROM accounts_notice n
JOIN topic t ON t.kind = n.kind
LEFT JOIN last l ON l.person_id = n.person_id
WHERE n.read_at IS NULL AND (%(person)s::bigint IS NULL OR n.person_id = %(person)s::bigint)
    AND n.created_at > greatest(l.at, %(oldest)s::timestamptz) AND n.created_at <= %(now)s::timestamptz
    AND 'daily' = coalesce(
        (SELECT c.way FROM accounts_notifychoice c
         WHERE c.person_id = n.person_id AND c.topic = t.topic
            AND (c.account_id = n.account_id OR c.account_id IS NULL)
         ORDER BY c.account_id NULLS LAST LIMIT 1), t.way)
    AND (n.account_id IS NULL OR EXISTS (
        SELECT FROM accounts_accessgrant g
        WHERE g.person_id = n.person_id AND g.account_id = n.account_id AND g.ends >= %(day)s::date
            AND g.starts <= %(day)s::date AND NOT g.blocked AND (n.audience IS NULL OR g.acts_as = ANY (n.audience))))
ORDER BY n.id DESC
