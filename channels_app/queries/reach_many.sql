-- The numbers of several messages, of those who see them on the day.
SELECT r.message_id, count(*), count(r.opened_at),
    count(*) FILTER (WHERE r.acknowledged_at IS NOT NULL AND r.acknowledged_number >= m.asked_number)
FROM channels_app_message m JOIN channels_app_messagerecipient r ON r.message_id = m.id
WHERE m.id = ANY (%(messages)s) AND (%(people)s::bigint[] IS NULL OR r.person_id = ANY (%(people)s::bigint[]))
    AND EXISTS (SELECT FROM accounts_accessgrant g
        WHERE g.account_id = m.account_id AND g.person_id = r.person_id AND g.starts <= %(day)s AND g.ends >= %(day)s
            AND NOT g.blocked AND (m.audience IS NULL OR g.acts_as = ANY (m.audience)))
GROUP BY r.message_id
