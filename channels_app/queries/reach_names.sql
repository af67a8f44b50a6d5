-- The recipients by name, after reach.sql: only those that are shown are looked up any further. {shown} is one of the
-- conditions of reached.py.
, named AS (
    SELECT r.person_id, r.came_later, r.left_at, r.opened_at, r.acknowledged_at, r.acknowledged_by_id, r.done_at,
        p.employee_number, p.first_name, p.last_name, p.name_key, p.title, p.phone, p.area_id, p.superior_id
    FROM recipient r JOIN accounts_person p ON p.id = r.person_id
    WHERE {shown}
        AND (%(area)s::bigint IS NULL OR coalesce(p.area_id, 0) = %(area)s)
        AND (%(superior)s::bigint IS NULL OR coalesce(p.superior_id, 0) = %(superior)s)
    ORDER BY p.name_key, p.employee_number
    OFFSET %(offset)s LIMIT %(limit)s
), told AS (
    -- As in reach_figures.sql.
    SELECT t.person_id, min(CASE WHEN d.id IS NULL THEN 5 WHEN d.state = 'sent' AND d.bounced_at IS NULL THEN 1
        WHEN d.state IN ('waiting', 'sending') THEN 2 WHEN d.bounced_at IS NOT NULL THEN 3 ELSE 4 END) AS mail
    FROM accounts_notice t LEFT JOIN accounts_delivery d ON d.notice_id = t.id AND d.channel = 'mail'
    WHERE t.thing = 'message' AND t.object_id = %(message)s AND t.kind = ANY (%(kinds)s)
        AND t.person_id IN (SELECT person_id FROM named)
    GROUP BY t.person_id
)
SELECT n.person_id, n.employee_number, n.first_name, n.last_name, n.title, n.phone, coalesce(a.name, ''),
    coalesce(s.first_name, ''), coalesce(s.last_name, ''), told.mail, n.opened_at, n.acknowledged_at,
    coalesce(b.first_name, ''), coalesce(b.last_name, ''), n.came_later, n.left_at, n.done_at IS NULL, answers.roles,
    answers.sites,
    -- What they are there otherwise is told of those alone who answer for no site.
    CASE WHEN answers.sites = 0 THEN (
        SELECT array_agg(DISTINCT g.kind::text ORDER BY g.kind::text) FROM accounts_accessgrant g
        WHERE g.account_id = %(account)s AND g.person_id = n.person_id AND g.starts <= %(day)s
            AND g.ends >= %(day)s AND NOT g.blocked) END, instead.away, coalesce(instead.substitutes, '')
FROM named n
LEFT JOIN accounts_area a ON a.id = n.area_id
LEFT JOIN accounts_person s ON s.id = n.superior_id
LEFT JOIN accounts_person b ON b.id = n.acknowledged_by_id
CROSS JOIN LATERAL (
    SELECT array_agg(DISTINCT t.role::text ORDER BY t.role::text) AS roles, count(DISTINCT t.site_id) AS sites
    FROM accounts_assignment t JOIN accounts_placement l ON l.site_id = t.site_id AND l.period @> %(day)s::date
    WHERE t.person_id = n.person_id AND t.period @> %(day)s::date AND l.account_id = %(account)s
) answers
LEFT JOIN LATERAL (
    -- Away today, and which of those who stand in see the message.
    SELECT count(*) > 0 AS away, string_agg(btrim(p.first_name || ' ' || p.last_name), ', ' ORDER BY p.name_key)
        FILTER (WHERE p.id IN (SELECT person_id FROM seeing)) AS substitutes
    FROM accounts_substitution t JOIN accounts_person p ON p.id = t.substitute_id
    WHERE t.absent_id = n.person_id AND t.period @> %(day)s::date
) instead ON TRUE
LEFT JOIN told ON told.person_id = n.person_id
ORDER BY n.name_key, n.employee_number
