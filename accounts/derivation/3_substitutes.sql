-- Whoever stands in for a person gets the kinds that person has, on the days of the substitution, never more, and
-- never passes them on. First the rows, from what is not blocked for the absent person.

CREATE TEMP TABLE rows_all (LIKE base) ON COMMIT DROP;
INSERT INTO rows_all SELECT * FROM base;
INSERT INTO rows_all (id, account_id, person_id, kind, acts_as, starts, ends, since, assignment_id, via_id,
                      directorship_id, placement_id, membership_id, invitation_id, substitution_id)
SELECT 0, b.account_id, s.substitute_id, 'substitute', b.kind, lower(free), upper(free) - 1,
       greatest(b.since, lower(s.period)), b.assignment_id, b.via_id, b.directorship_id, b.placement_id,
       b.membership_id, b.invitation_id, s.id
FROM accounts_substitution s
JOIN accounts_person p ON p.id = s.substitute_id
JOIN base b ON b.person_id = s.absent_id
LEFT JOIN base_blocks k ON k.person_id = b.person_id AND k.account_id = b.account_id
CROSS JOIN LATERAL unnest(
    datemultirange(daterange(b.starts, b.ends, '[]') * s.period * daterange(NULL, p.left_on, '[]'))
    - coalesce(k.days, '{}'::datemultirange)) AS free;
