-- What changed in access, a line each, and the barrier conflicts that it brings.

-- who gains and who loses, on the file's date or after it, with the grant that says why
CREATE TEMP TABLE differing ON COMMIT DROP AS
WITH seen_after AS (
    SELECT account_id, person_id, range_agg(daterange(greatest(starts, %(date)s), ends, '[]')) AS days
    FROM accounts_accessgrant WHERE NOT blocked AND ends >= %(date)s GROUP BY account_id, person_id
)
SELECT account_id, person_id, coalesce(b.days, '{}') AS before, coalesce(a.days, '{}') AS after
FROM seen_before b FULL JOIN seen_after a USING (account_id, person_id)
WHERE b.days IS DISTINCT FROM a.days;
ANALYZE differing;

WITH speaking AS (  -- of what somebody has, what comes first; of what somebody had, what ended last
    SELECT DISTINCT ON (d.account_id, d.person_id) d.before, d.after, d.account_id AS of_account,
        d.person_id AS of_person, g.kind, g.acts_as, g.starts, g.ends, g.blocked, g.assignment_id, g.via_id,
        g.placement_id, g.directorship_id, g.invitation_id
    FROM differing d
    LEFT JOIN accounts_accessgrant g ON g.account_id = d.account_id AND g.person_id = d.person_id
        AND (isempty(d.after) OR (g.ends >= %(date)s AND NOT g.blocked))
    ORDER BY d.account_id, d.person_id, CASE WHEN isempty(d.after) THEN g.ends END DESC NULLS LAST, g.starts
)
INSERT INTO lines (section, account_id, person_id, site_id, day, row, data)
SELECT CASE WHEN isempty(g.before) THEN 'access_gained' WHEN isempty(g.after) THEN 'access_lost'
            ELSE 'access_changed' END,
    g.of_account, g.of_person, s.id,
    CASE WHEN isempty(g.after) THEN coalesce(g.ends, %(date)s - 1)
         WHEN isempty(g.before) THEN lower(g.after)
         WHEN upper(g.before) <> upper(g.after) THEN nullif(upper(g.after), %(never)s) - 1
         ELSE lower(g.after) END,
    CASE WHEN a.roster_import_id = %(import)s THEN a.row END,
    -- the plain case is nearly every line, and stripping empty pairs from each costs
    CASE WHEN g.kind = 'responsible' AND upper(g.after) = %(never)s THEN jsonb_build_object(
            'kind', g.kind, 'acts_as', g.acts_as, 'role', a.role, 'blocked', g.blocked, 'from', lower(g.after))
         ELSE jsonb_strip_nulls(jsonb_build_object('kind', g.kind, 'acts_as', g.acts_as, 'role', a.role,
        'via_name', via.first_name || ' ' || via.last_name,
        'responsible_name', CASE WHEN via.id IS NOT NULL THEN r.first_name || ' ' || r.last_name END,
        'area_name', ar.name, 'post', dir.post, 'reason', i.reason, 'blocked', g.blocked,
        'from', CASE WHEN NOT isempty(g.after) THEN lower(g.after) END,
        'until', CASE WHEN NOT isempty(g.after) THEN nullif(upper(g.after), %(never)s) - 1 END)) END
FROM speaking g
LEFT JOIN accounts_assignment a ON a.id = g.assignment_id
LEFT JOIN accounts_person r ON r.id = a.person_id
LEFT JOIN accounts_placement p ON p.id = g.placement_id
LEFT JOIN accounts_site s ON s.id = coalesce(a.site_id, p.site_id)
LEFT JOIN accounts_area ar ON ar.id = p.area_id
LEFT JOIN accounts_person via ON via.id = g.via_id
LEFT JOIN accounts_directorship dir ON dir.id = g.directorship_id
LEFT JOIN accounts_invitation i ON i.id = g.invitation_id;

-- barrier conflicts that this file brings, with both causes
INSERT INTO lines (section, account_id, person_id, site_id, day, row, data)
SELECT 'conflicts', n.account_id, n.person_id, a.site_id, n.starts,
    CASE WHEN a.roster_import_id = %(import)s THEN a.row END,
    jsonb_strip_nulls(jsonb_build_object('kind', n.kind, 'role', a.role, 'barrier', b.name, 'side', side.name,
        'other_account', o.name, 'other_kind', o.kind, 'other_since', o.since, 'other_side', o.side,
        'other_blocked', o.blocked))
FROM (SELECT DISTINCT ON (account_id, person_id) * FROM accounts_accessgrant
      WHERE blocked AND ends >= %(date)s ORDER BY account_id, person_id, starts) n
JOIN accounts_barriermember m ON m.account_id = n.account_id
JOIN accounts_barrier b ON b.id = m.barrier_id
JOIN accounts_barrierside side ON side.id = m.side_id
LEFT JOIN accounts_assignment a ON a.id = n.assignment_id
LEFT JOIN LATERAL (
    SELECT og.kind, og.since, og.blocked, oa.name, os.name AS side
    FROM accounts_accessgrant og
    JOIN accounts_barriermember om ON om.account_id = og.account_id
        AND om.barrier_id = m.barrier_id AND om.side_id <> m.side_id
    JOIN accounts_barrierside os ON os.id = om.side_id
    JOIN accounts_account oa ON oa.id = og.account_id
    WHERE og.person_id = n.person_id AND og.ends >= n.starts AND og.starts <= n.ends
    ORDER BY og.blocked, og.since LIMIT 1) o ON TRUE
WHERE NOT EXISTS (SELECT FROM conflicts_before c WHERE (c.account_id, c.person_id) = (n.account_id, n.person_id));
