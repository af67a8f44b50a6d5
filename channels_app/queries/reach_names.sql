-- The recipients by name, after reach.sql: only those that are shown are looked up any further.
, named AS (
    SELECT r.*, p.employee_number, p.first_name, p.last_name, p.name_key, p.title, p.phone, p.area_id, p.superior_id
    FROM recipient r JOIN accounts_person p ON p.id = r.person_id
    WHERE CASE %(show)s WHEN 'left' THEN NOT r.sees WHEN 'all' THEN r.sees ELSE r.sees AND r.done_at IS NULL END
        AND (%(area)s::bigint IS NULL OR coalesce(p.area_id, 0) = %(area)s)
        AND (%(superior)s::bigint IS NULL OR coalesce(p.superior_id, 0) = %(superior)s)
    ORDER BY p.name_key, p.employee_number
    OFFSET %(offset)s LIMIT %(limit)s
)
SELECT n.person_id, n.employee_number, n.first_name, n.last_name, n.title, n.phone, coalesce(a.name, ''),
    coalesce(s.first_name, ''), coalesce(s.last_name, ''), n.mail, n.delivered, n.opened_at, n.acknowledged_at,
    coalesce(b.first_name, ''), coalesce(b.last_name, ''), n.came_later, n.left_at, n.done_at IS NULL, answers.roles,
    answers.sites, (SELECT array_agg(DISTINCT g.acts_as::text ORDER BY g.acts_as::text) FROM accounts_accessgrant g
                    WHERE g.account_id = %(account)s AND g.person_id = n.person_id AND g.starts <= %(day)s
                        AND g.ends >= %(day)s AND NOT g.blocked)
FROM named n
LEFT JOIN accounts_area a ON a.id = n.area_id
LEFT JOIN accounts_person s ON s.id = n.superior_id
LEFT JOIN accounts_person b ON b.id = n.acknowledged_by_id
CROSS JOIN LATERAL (
    SELECT array_agg(DISTINCT t.role::text ORDER BY t.role::text) AS roles, count(DISTINCT t.site_id) AS sites
    FROM accounts_assignment t JOIN accounts_placement l ON l.site_id = t.site_id AND l.period @> %(day)s::date
    WHERE t.person_id = n.person_id AND t.period @> %(day)s::date AND l.account_id = %(account)s
) answers
ORDER BY n.name_key, n.employee_number
