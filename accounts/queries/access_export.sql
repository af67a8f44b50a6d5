-- One line for each account, person and kind that runs on the day. The columns from `kind` on are those that
-- accounts/queries/causes.py makes a cause from, in its order.
WITH folded AS (
    SELECT account_id, person_id, kind,
        coalesce(range_agg(daterange(starts, ends, '[]')) FILTER (WHERE NOT blocked), '{}') AS free,
        coalesce(range_agg(daterange(starts, ends, '[]')) FILTER (WHERE blocked), '{}') AS barred
    FROM accounts_accessgrant
    GROUP BY account_id, person_id, kind
    HAVING bool_or(%(day)s BETWEEN starts AND ends)
), runs AS (  -- a day is blocked when nothing of the kind is free on it
    SELECT account_id, person_id, kind, NOT free @> %(day)s::date AS blocked, run
    FROM folded CROSS JOIN LATERAL unnest(CASE WHEN free @> %(day)s::date THEN free ELSE barred - free END) AS run
    WHERE run @> %(day)s::date
), speaking AS (  -- the primary cause: of what runs, the longest-standing
    SELECT DISTINCT ON (r.account_id, r.person_id, r.kind) r.run, g.*
    FROM runs r
    JOIN accounts_accessgrant g ON g.account_id = r.account_id AND g.person_id = r.person_id AND g.kind = r.kind
        AND g.blocked = r.blocked AND %(day)s BETWEEN g.starts AND g.ends
    ORDER BY r.account_id, r.person_id, r.kind, g.since, g.acts_as, g.id
)
SELECT account.customer_number, person.employee_number, g.blocked, lower(g.run), upper(g.run) - 1,
    g.kind, g.acts_as, g.since, g.ends, a.role, s.name, placed.name, i.exported_on,
    responsible.first_name, responsible.last_name, a.person_id, g.via_id, via.first_name, via.last_name,
    d.post, area.name, inviter.first_name, inviter.last_name, invitation.reason, absent.first_name, absent.last_name
FROM speaking g
JOIN accounts_account account ON account.id = g.account_id
JOIN accounts_person person ON person.id = g.person_id
LEFT JOIN accounts_assignment a ON a.id = g.assignment_id
LEFT JOIN accounts_site s ON s.id = a.site_id
LEFT JOIN accounts_rosterimport i ON i.id = a.roster_import_id
LEFT JOIN accounts_person responsible ON responsible.id = a.person_id
LEFT JOIN accounts_person via ON via.id = g.via_id
LEFT JOIN accounts_directorship d ON d.id = g.directorship_id
LEFT JOIN accounts_placement p ON p.id = g.placement_id
LEFT JOIN accounts_site placed ON placed.id = p.site_id
LEFT JOIN accounts_area area ON area.id = p.area_id
LEFT JOIN accounts_invitation invitation ON invitation.id = g.invitation_id
LEFT JOIN accounts_person inviter ON inviter.id = invitation.invited_by_id
LEFT JOIN accounts_substitution substitution ON substitution.id = g.substitution_id
LEFT JOIN accounts_person absent ON absent.id = substitution.absent_id
ORDER BY account.customer_number COLLATE "C", person.employee_number COLLATE "C", g.kind COLLATE "C"
