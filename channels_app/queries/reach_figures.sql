-- The numbers of one message, after reach.sql: its troubles, and how many there were by certain moments and stretches.
, figures AS (
    SELECT count(*) FILTER (WHERE sees) AS asked, count(opened_at) FILTER (WHERE sees) AS opened,
        count(acknowledged_at) FILTER (WHERE sees) AS acknowledged,
        count(*) FILTER (WHERE sees AND delivered) AS delivered,
        count(*) FILTER (WHERE sees AND NOT delivered AND mail = 'waiting') AS waiting,
        count(*) FILTER (WHERE sees AND NOT delivered AND mail = 'bounced') AS bounced,
        count(*) FILTER (WHERE sees AND NOT delivered AND mail = 'failed') AS failed,
        count(*) FILTER (WHERE sees AND NOT delivered AND mail = 'none') AS untold,
        count(*) FILTER (WHERE sees AND came_later) AS came_later, count(*) FILTER (WHERE NOT sees) AS left,
        greatest(max(opened_at) FILTER (WHERE sees), max(acknowledged_at) FILTER (WHERE sees), %(due)s) AS last
    FROM recipient
), asking AS (
    SELECT coalesce((SELECT w.published_at FROM channels_app_wording w WHERE w.message_id = %(message)s
                     AND w.reply_id IS NULL AND w.number = %(asked_number)s), %(published)s) AS since
), span AS (
    SELECT since, greatest(since + interval '1 hour', least(%(now)s, last)) AS until FROM asking, figures
), event AS (
    SELECT least(%(stretches)s, width_bucket(
            extract(epoch FROM at), extract(epoch FROM since), extract(epoch FROM until), %(stretches)s)) AS number,
        opened, acknowledged
    FROM span, (SELECT opened_at AS at, 1 AS opened, 0 AS acknowledged
                FROM recipient WHERE sees AND opened_at IS NOT NULL
                UNION ALL SELECT acknowledged_at, 0, 1 FROM recipient WHERE sees AND acknowledged_at IS NOT NULL) e
), moment AS (
    SELECT code, at FROM asking, LATERAL (VALUES
        ('1h', since + interval '1 hour'), ('4h', since + interval '4 hours'), ('1d', since + interval '1 day'),
        ('3d', since + interval '3 days'), ('7d', since + interval '7 days'), ('due', %(due)s), ('now', %(now)s)
    ) v(code, at)
    WHERE at <= %(now)s
)
SELECT f.asked, f.opened, f.acknowledged, f.delivered, f.waiting, f.bounced, f.failed, f.untold, f.came_later, f.left,
    s.since, s.until,
    (SELECT jsonb_agg(jsonb_build_array(number, opened, acknowledged) ORDER BY number)
     FROM (SELECT number, sum(opened) AS opened, sum(acknowledged) AS acknowledged FROM event GROUP BY number) e)::text,
    (SELECT jsonb_agg(jsonb_build_array(code, at,
        (SELECT count(*) FROM recipient WHERE sees AND opened_at <= at),
        (SELECT count(*) FROM recipient WHERE sees AND acknowledged_at <= at)) ORDER BY at) FROM moment)::text
FROM figures f, span s
