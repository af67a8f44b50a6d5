-- The numbers of one message and its troubles, after reach.sql.
, told AS (
    -- By person the best that came of their mails: 1 sent, 2 waits, 3 came back, 4 failed, 5 there was none to
    -- send. Only notices that bring the message itself count; what is said about others, or of a reply, delivers nothing.
    SELECT n.person_id, min(CASE WHEN d.id IS NULL THEN 5 WHEN d.state = 'sent' AND d.bounced_at IS NULL THEN 1
        WHEN d.state IN ('waiting', 'sending') THEN 2 WHEN d.bounced_at IS NOT NULL THEN 3 ELSE 4 END) AS mail
    FROM accounts_notice n LEFT JOIN accounts_delivery d ON d.notice_id = n.id AND d.channel = 'mail'
    WHERE n.thing = 'message' AND n.object_id = %(message)s AND n.kind = ANY (%(kinds)s)
    GROUP BY n.person_id
), each_one AS MATERIALIZED (  -- otherwise who sees it would be found out for each of the sums below
    SELECT r.*, t.mail FROM recipient r LEFT JOIN told t ON t.person_id = r.person_id
)
SELECT count(*) FILTER (WHERE sees) AS asked, count(opened_at) FILTER (WHERE sees) AS opened,
    count(acknowledged_at) FILTER (WHERE sees) AS acknowledged,
    count(*) FILTER (WHERE sees AND (opened_at IS NOT NULL OR mail IN (1, 5))) AS delivered,
    count(*) FILTER (WHERE sees AND done_at IS NULL AND opened_at IS NULL AND mail = 2) AS waiting,
    count(*) FILTER (WHERE sees AND done_at IS NULL AND opened_at IS NULL AND mail = 3) AS bounced,
    count(*) FILTER (WHERE sees AND done_at IS NULL AND opened_at IS NULL AND mail = 4) AS failed,
    count(*) FILTER (WHERE sees AND done_at IS NULL AND opened_at IS NULL AND mail IS NULL) AS untold,
    count(*) FILTER (WHERE sees AND came_later) AS came_later, count(*) FILTER (WHERE NOT sees) AS left
FROM each_one
