-- The numbers of one message, after reach.sql: its troubles, and how many there were by certain moments and stretches.
, told AS (
    -- By person the best that came of their mails: 1 sent, 2 waits, 3 came back, 4 failed, 5 there was none to
    -- send. Only notices that bring the message itself count; what is said about others, or of a reply, delivers nothing.
    SELECT n.person_id, min(CASE WHEN d.id IS NULL THEN 5 WHEN d.state = 'sent' AND d.bounced_at IS NULL THEN 1
        WHEN d.state IN ('waiting', 'sending') THEN 2 WHEN d.bounced_at IS NOT NULL THEN 3 ELSE 4 END) AS mail
    FROM accounts_notice n LEFT JOIN accounts_delivery d ON d.notice_id = n.id AND d.channel = 'mail'
    WHERE n.thing = 'message' AND n.object_id = %(message)s AND n.kind = ANY (%(kinds)s)
    GROUP BY n.person_id
), figures AS (
    SELECT count(*) FILTER (WHERE sees) AS asked, count(opened_at) FILTER (WHERE sees) AS opened,
        count(acknowledged_at) FILTER (WHERE sees) AS acknowledged,
        count(*) FILTER (WHERE sees AND (opened_at IS NOT NULL OR mail IN (1, 5))) AS delivered,
        count(*) FILTER (WHERE sees AND done_at IS NULL AND opened_at IS NULL AND mail = 2) AS waiting,
        count(*) FILTER (WHERE sees AND done_at IS NULL AND opened_at IS NULL AND mail = 3) AS bounced,
        count(*) FILTER (WHERE sees AND done_at IS NULL AND opened_at IS NULL AND mail = 4) AS failed,
        count(*) FILTER (WHERE sees AND done_at IS NULL AND opened_at IS NULL AND mail IS NULL) AS untold,
        count(*) FILTER (WHERE sees AND came_later) AS came_later, count(*) FILTER (WHERE NOT sees) AS left,
        greatest(max(opened_at) FILTER (WHERE sees), max(acknowledged_at) FILTER (WHERE sees), %(due)s) AS last
    FROM recipient r LEFT JOIN told t ON t.person_id = r.person_id
), asking AS (
    SELECT coalesce((SELECT w.published_at FROM channels_app_wording w WHERE w.message_id = %(message)s
                     AND w.reply_id IS NULL AND w.number = %(asked_number)s), %(published)s) AS since
), span AS (
    SELECT since, greatest(since + interval '1 hour', least(%(now)s, last)) AS until FROM asking, figures
), event AS MATERIALIZED (
    SELECT opened_at AS at, 1 AS opened, 0 AS acknowledged FROM recipient WHERE sees AND opened_at IS NOT NULL
    UNION ALL SELECT acknowledged_at, 0, 1 FROM recipient WHERE sees AND acknowledged_at IS NOT NULL
), stretch AS (
    SELECT least(%(stretches)s, width_bucket(
            date_part('epoch', at), date_part('epoch', since), date_part('epoch', until), %(stretches)s)) AS number,
        sum(opened) AS opened, sum(acknowledged) AS acknowledged
    FROM span, event GROUP BY 1
), moment AS (
    SELECT code, at FROM asking, LATERAL (VALUES
        ('1h', since + interval '1 hour'), ('4h', since + interval '4 hours'), ('1d', since + interval '1 day'),
        ('3d', since + interval '3 days'), ('7d', since + interval '7 days'), ('due', %(due)s), ('now', %(now)s)
    ) v(code, at)
    WHERE at <= %(now)s
)
SELECT f.asked, f.opened, f.acknowledged, f.delivered, f.waiting, f.bounced, f.failed, f.untold, f.came_later, f.left,
    s.since, s.until,
    (SELECT jsonb_agg(jsonb_build_array(number, opened, acknowledged) ORDER BY number) FROM stretch)::text,
    (SELECT jsonb_agg(jsonb_build_array(code, at, opened, acknowledged) ORDER BY at) FROM (
        SELECT m.code, m.at, coalesce(sum(e.opened), 0) AS opened, coalesce(sum(e.acknowledged), 0) AS acknowledged
        FROM moment m LEFT JOIN event e ON e.at <= m.at GROUP BY m.code, m.at) m)::text
FROM figures f, span s
