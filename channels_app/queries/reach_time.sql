-- How the numbers of one message grew, after reach.sql: by certain moments, and by stretches of the time since it asked.
, asking AS (
    SELECT coalesce((SELECT w.published_at FROM channels_app_wording w WHERE w.message_id = %(message)s
                     AND w.reply_id IS NULL AND w.number = %(asked_number)s), %(published)s) AS since
), latest AS (
    SELECT greatest(max(opened_at), max(acknowledged_at), %(due)s) AS at FROM recipient WHERE sees
), span AS (
    SELECT since, greatest(since + interval '1 hour', least(%(now)s, latest.at)) AS until FROM asking, latest
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
SELECT s.since, s.until,
    (SELECT jsonb_agg(jsonb_build_array(number, opened, acknowledged) ORDER BY number) FROM stretch)::text,
    (SELECT jsonb_agg(jsonb_build_array(code, at, opened, acknowledged) ORDER BY at) FROM (
        SELECT m.code, m.at, coalesce(sum(e.opened), 0) AS opened, coalesce(sum(e.acknowledged), 0) AS acknowledged
        FROM moment m LEFT JOIN event e ON e.at <= m.at GROUP BY m.code, m.at) m)::text
FROM span s
