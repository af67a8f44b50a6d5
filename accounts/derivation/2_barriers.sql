-- Which days a barrier blocks for whom (access.md, "Barriers"), judged among the rows of the table {rows}.
-- Leaves the temp table {blocks}: person, account, and the days (a multirange) that are blocked.

CREATE TEMP TABLE {blocks} ON COMMIT DROP AS
WITH facing AS (  -- what each person has at a barrier's accounts
    SELECT m.barrier_id, m.side_id, r.person_id, r.account_id, r.starts, r.ends, r.since
    FROM {rows} r JOIN accounts_barriermember m ON m.account_id = r.account_id
), torn AS (  -- only these can be blocked: rows on two sides, or an administrator's word
    SELECT barrier_id, person_id FROM facing GROUP BY barrier_id, person_id
    HAVING count(DISTINCT side_id) > 1 OR EXISTS (
        SELECT FROM accounts_barrierdecision d
        WHERE d.barrier_id = facing.barrier_id AND d.person_id = facing.person_id AND d.side_id IS NOT NULL)
), decided AS (  -- days with a word that stands above the grants: an administrator's, else a seat in the management group
    SELECT d.barrier_id, d.person_id, d.side_id, d.side_id IS NULL AS free, 1 AS rank, d.period
    FROM accounts_barrierdecision d JOIN torn USING (barrier_id, person_id)
    UNION ALL
    SELECT t.barrier_id, t.person_id, NULL, TRUE, 2, m.period
    FROM torn t JOIN accounts_managementmembership m USING (person_id)
), points AS (  -- the days on which anything changes
    SELECT barrier_id, person_id, starts AS day FROM facing JOIN torn USING (barrier_id, person_id)
    UNION SELECT barrier_id, person_id, ends + 1 FROM facing JOIN torn USING (barrier_id, person_id)
    UNION SELECT barrier_id, person_id, lower(period) FROM decided WHERE lower(period) IS NOT NULL
    UNION SELECT barrier_id, person_id, upper(period) FROM decided WHERE upper(period) IS NOT NULL
), stretches AS (
    SELECT barrier_id, person_id, day, lead(day) OVER (PARTITION BY barrier_id, person_id ORDER BY day) AS next_day
    FROM points
), earliest AS (  -- per stretch and side, the earliest start among what runs
    SELECT s.barrier_id, s.person_id, s.day, s.next_day, f.side_id, min(f.since) AS since
    FROM stretches s JOIN facing f ON f.barrier_id = s.barrier_id AND f.person_id = s.person_id
        AND f.starts <= s.day AND f.ends >= s.day
    WHERE s.next_day IS NOT NULL
    GROUP BY s.barrier_id, s.person_id, s.day, s.next_day, f.side_id
), first_side AS (  -- no side where two start on the same day
    SELECT DISTINCT ON (barrier_id, person_id, day) barrier_id, person_id, day, next_day,
        CASE WHEN since = lead(since) OVER w THEN NULL ELSE side_id END AS only_side
    FROM earliest WINDOW w AS (PARTITION BY barrier_id, person_id, day ORDER BY since, side_id)
    ORDER BY barrier_id, person_id, day, since, side_id
), verdicts AS (
    SELECT f.barrier_id, f.person_id, daterange(f.day, f.next_day) AS days, coalesce(d.free, FALSE) AS free,
        CASE WHEN d.rank IS NULL THEN f.only_side ELSE d.side_id END AS side_id
    FROM first_side f LEFT JOIN LATERAL (
        SELECT * FROM decided d
        WHERE d.barrier_id = f.barrier_id AND d.person_id = f.person_id AND d.period @> f.day
        ORDER BY rank LIMIT 1) d ON TRUE
)
SELECT v.person_id, m.account_id, range_agg(v.days) AS days
FROM verdicts v JOIN accounts_barriermember m USING (barrier_id)
WHERE NOT v.free AND m.side_id IS DISTINCT FROM v.side_id
GROUP BY v.person_id, m.account_id;
