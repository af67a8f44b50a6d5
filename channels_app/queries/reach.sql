-- The recipients of a message, all or some people's, and how far they have come with it. Whether they see it is
-- asked of the grants that run on the day, whatever the rows say. The other statements about reach go on from here.
WITH seeing AS (
    SELECT person_id FROM accounts_accessgrant
    WHERE account_id = %(account)s AND starts <= %(day)s AND ends >= %(day)s AND NOT blocked
        AND (%(audience)s::varchar[] IS NULL OR acts_as = ANY (%(audience)s::varchar[]))
), reached AS (
    SELECT r.person_id, r.came_later, r.left_at, r.opened_at, r.acknowledged_number,
        r.person_id IN (SELECT person_id FROM seeing) AS sees,
        CASE WHEN r.acknowledged_number >= %(asked_number)s THEN r.acknowledged_at END AS acknowledged_at,
        CASE WHEN r.acknowledged_number >= %(asked_number)s THEN r.acknowledged_by_id END AS acknowledged_by_id
    FROM channels_app_messagerecipient r
    WHERE r.message_id = %(message)s AND (%(people)s::bigint[] IS NULL OR r.person_id = ANY (%(people)s::bigint[]))
), recipient AS (
    SELECT *, CASE WHEN %(asks)s THEN acknowledged_at ELSE opened_at END AS done_at FROM reached
)
