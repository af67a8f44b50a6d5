-- The recipients of a message, all or some people's, and how far it has reached each. Whether they see it is asked of
-- the grants that run on the day, whatever the rows say. The kinds are those of the notices that bring the message
-- itself; what is said about others, or of a reply, delivers nothing. The other statements about reach go on from here.
WITH told AS (
    SELECT n.person_id, bool_or(d.state = 'sent' AND d.bounced_at IS NULL) AS sent, bool_or(d.id IS NOT NULL) AS mailed,
        bool_or(d.state IN ('waiting', 'sending')) AS waiting, bool_or(d.bounced_at IS NOT NULL) AS bounced
    FROM accounts_notice n LEFT JOIN accounts_delivery d ON d.notice_id = n.id AND d.channel = 'mail'
    WHERE n.thing = 'message' AND n.object_id = %(message)s AND n.kind = ANY (%(kinds)s)
    GROUP BY n.person_id
), seeing AS (
    SELECT person_id FROM accounts_accessgrant
    WHERE account_id = %(account)s AND starts <= %(day)s AND ends >= %(day)s AND NOT blocked
        AND (%(audience)s::varchar[] IS NULL OR acts_as = ANY (%(audience)s::varchar[]))
), reached AS MATERIALIZED (
    SELECT r.person_id, r.came_later, r.left_at, r.opened_at, r.person_id IN (SELECT person_id FROM seeing) AS sees,
        CASE WHEN r.acknowledged_number >= %(asked_number)s THEN r.acknowledged_at END AS acknowledged_at,
        CASE WHEN r.acknowledged_number >= %(asked_number)s THEN r.acknowledged_by_id END AS acknowledged_by_id,
        CASE WHEN t.person_id IS NULL THEN 'none' WHEN t.sent THEN 'sent' WHEN t.waiting THEN 'waiting'
             WHEN t.bounced THEN 'bounced' WHEN t.mailed THEN 'failed' ELSE 'told' END AS mail
    FROM channels_app_messagerecipient r LEFT JOIN told t ON t.person_id = r.person_id
    WHERE r.message_id = %(message)s AND (%(people)s::bigint[] IS NULL OR r.person_id = ANY (%(people)s::bigint[]))
), recipient AS (
    SELECT *, opened_at IS NOT NULL OR mail IN ('sent', 'told') AS delivered,
        CASE WHEN %(asks)s THEN acknowledged_at ELSE opened_at END AS done_at
    FROM reached
)
