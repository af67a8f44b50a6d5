-- What differs from the grants as they stand, then the same in the table and in the ledger. Rows of one (account,
-- person, kind, acts_as, substitution) never overlap, so the first day tells them apart.

CREATE TEMP TABLE grant_changes ON COMMIT DROP AS
SELECT o.id AS old_id, o.ends AS old_ends, o.blocked AS old_blocked,
    coalesce(n.account_id, o.account_id) AS account_id, coalesce(n.person_id, o.person_id) AS person_id,
    coalesce(n.kind, o.kind) AS kind, coalesce(n.acts_as, o.acts_as) AS acts_as,
    coalesce(n.starts, o.starts) AS starts, coalesce(n.ends, o.ends) AS ends, coalesce(n.since, o.since) AS since,
    coalesce(n.blocked, o.blocked) AS blocked, n.account_id IS NULL AS gone,
    CASE WHEN n.account_id IS NULL THEN o.assignment_id ELSE n.assignment_id END AS assignment_id,
    CASE WHEN n.account_id IS NULL THEN o.via_id ELSE n.via_id END AS via_id,
    CASE WHEN n.account_id IS NULL THEN o.directorship_id ELSE n.directorship_id END AS directorship_id,
    CASE WHEN n.account_id IS NULL THEN o.placement_id ELSE n.placement_id END AS placement_id,
    CASE WHEN n.account_id IS NULL THEN o.membership_id ELSE n.membership_id END AS membership_id,
    CASE WHEN n.account_id IS NULL THEN o.invitation_id ELSE n.invitation_id END AS invitation_id,
    CASE WHEN n.account_id IS NULL THEN o.substitution_id ELSE n.substitution_id END AS substitution_id
FROM new_grants n
FULL JOIN (SELECT * FROM accounts_accessgrant WHERE %(everyone)s OR person_id = ANY (%(affected)s)) o
    ON o.account_id = n.account_id AND o.person_id = n.person_id AND o.kind = n.kind AND o.acts_as = n.acts_as
    AND o.starts = n.starts AND coalesce(o.substitution_id, 0) = coalesce(n.substitution_id, 0)
WHERE (o.id IS NULL OR n.account_id IS NULL
    OR (o.ends, o.since, o.blocked) IS DISTINCT FROM (n.ends, n.since, n.blocked)
    OR (o.assignment_id, o.via_id, o.directorship_id, o.placement_id, o.membership_id, o.invitation_id)
        IS DISTINCT FROM
       (n.assignment_id, n.via_id, n.directorship_id, n.placement_id, n.membership_id, n.invitation_id))
    AND (%(everyone)s OR coalesce(n.person_id, o.person_id) = ANY (%(affected)s));

INSERT INTO accounts_ledgerentry (at, event, account_id, person_id, kind, acts_as, starts, ends, blocked, cause,
                                  actor_id, roster_import_id)
SELECT %(now)s,
    CASE WHEN c.gone THEN 'withdrawn'
         WHEN c.blocked AND c.old_blocked IS NOT TRUE THEN 'blocked'
         WHEN c.old_id IS NULL THEN 'started'
         WHEN c.old_blocked AND NOT c.blocked THEN 'unblocked'
         WHEN c.ends < c.old_ends THEN 'ended'
         ELSE 'changed' END,
    c.account_id, c.person_id, c.kind, c.acts_as, c.starts, c.ends, c.blocked,
    -- the pairs that the kind has; the plain ones make up nearly all rows, and stripping empty pairs from each costs
    CASE WHEN c.kind = 'responsible' THEN jsonb_build_object(
            'role', a.role, 'site', s.number, 'site_name', s.name, 'since', c.since)
            || CASE WHEN a.row IS NULL THEN '{}' ELSE jsonb_build_object('row', a.row, 'import', a.roster_import_id) END
         WHEN c.kind = 'superior' THEN jsonb_build_object(
            'role', a.role, 'site', s.number, 'site_name', s.name, 'since', c.since, 'via', via.employee_number, 'via_name', via.first_name || ' ' || via.last_name,
            'responsible', r.employee_number, 'responsible_name', r.first_name || ' ' || r.last_name)
            || CASE WHEN a.row IS NULL THEN '{}' ELSE jsonb_build_object('row', a.row, 'import', a.roster_import_id) END
         ELSE jsonb_strip_nulls(jsonb_build_object(
            'role', a.role, 'site', s.number, 'site_name', s.name,
            'since', CASE WHEN c.since > %(always)s THEN c.since END, 'row', a.row, 'import', a.roster_import_id,
            'via', via.employee_number, 'via_name', via.first_name || ' ' || via.last_name,
            'responsible', CASE WHEN c.via_id IS NOT NULL THEN r.employee_number END,
            'responsible_name', CASE WHEN c.via_id IS NOT NULL THEN r.first_name || ' ' || r.last_name END,
            'post', d.post, 'area', ar.code, 'area_name', ar.name, 'membership', c.membership_id,
            'invited_by', inviter.first_name || ' ' || inviter.last_name, 'reason', i.reason,
            'substitution', c.substitution_id, 'absent', absent.employee_number,
            'absent_name', absent.first_name || ' ' || absent.last_name)) END,
    %(actor)s, %(roster_import)s
FROM grant_changes c
LEFT JOIN accounts_assignment a ON a.id = c.assignment_id
LEFT JOIN accounts_person r ON r.id = a.person_id
LEFT JOIN accounts_placement p ON p.id = c.placement_id
LEFT JOIN accounts_site s ON s.id = coalesce(a.site_id, p.site_id)
LEFT JOIN accounts_area ar ON ar.id = p.area_id
LEFT JOIN accounts_person via ON via.id = c.via_id
LEFT JOIN accounts_directorship d ON d.id = c.directorship_id
LEFT JOIN accounts_invitation i ON i.id = c.invitation_id
LEFT JOIN accounts_person inviter ON inviter.id = i.invited_by_id
LEFT JOIN accounts_substitution sub ON sub.id = c.substitution_id
LEFT JOIN accounts_person absent ON absent.id = sub.absent_id
ORDER BY c.account_id, c.person_id, c.starts;

DELETE FROM accounts_accessgrant g USING grant_changes c WHERE g.id = c.old_id AND c.gone;

UPDATE accounts_accessgrant g SET ends = c.ends, since = c.since, blocked = c.blocked,
    assignment_id = c.assignment_id, via_id = c.via_id, directorship_id = c.directorship_id,
    placement_id = c.placement_id, membership_id = c.membership_id, invitation_id = c.invitation_id
FROM grant_changes c WHERE g.id = c.old_id AND NOT c.gone;

INSERT INTO accounts_accessgrant (account_id, person_id, kind, acts_as, starts, ends, since, blocked, assignment_id,
    via_id, directorship_id, placement_id, membership_id, invitation_id, substitution_id)
SELECT account_id, person_id, kind, acts_as, starts, ends, since, blocked, assignment_id,
    via_id, directorship_id, placement_id, membership_id, invitation_id, substitution_id
FROM grant_changes WHERE old_id IS NULL;
