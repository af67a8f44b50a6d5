-- What stands above all else on a channel's home: what the reader has to acknowledge, what is pinned today, the latest
-- announcements of late. See accounts/queries/within.py.
SELECT m.id, m.kind, m.subject, m.published_at, m.acknowledge_by, btrim(a.first_name || ' ' || a.last_name),
    m.kind = 'urgent' AND r.acknowledged_number < m.asked_number IS TRUE AS unacknowledged,
    m.pinned_until >= %(day)s::date IS TRUE AS pinned,
    r.id IS NOT NULL AND r.opened_at IS NULL AS unread
FROM channels_app_message m
JOIN accounts_person a ON a.id = m.author_id
LEFT JOIN channels_app_messagerecipient r
    ON r.message_id = m.id AND r.person_id = %(person)s::bigint AND r.left_at IS NULL
WHERE m.account_id = %(account)s AND (m.audience IS NULL OR m.audience && %(kinds)s::varchar[])
    AND m.kind IN ('announcement', 'urgent') AND m.published_at IS NOT NULL AND m.withdrawn_at IS NULL
    AND (m.pinned_until >= %(day)s::date OR m.published_at >= %(since)s::timestamptz
        OR m.kind = 'urgent' AND r.acknowledged_number < m.asked_number)
ORDER BY unacknowledged DESC, CASE WHEN m.kind = 'urgent' AND r.acknowledged_number < m.asked_number
    THEN m.acknowledge_by END, pinned DESC, m.published_at DESC, m.id DESC
LIMIT %(count)s::int
