-- Cut every row into its free and its blocked days. A substitute's row is blocked, too, on the days on which the
-- absent person's own is.

CREATE TEMP TABLE new_grants (LIKE base) ON COMMIT DROP;
ALTER TABLE new_grants ADD COLUMN blocked boolean;
WITH barred AS (
    SELECT r.*, coalesce(k.days, '{}') + coalesce(absent.days, '{}') AS days
    FROM rows_all r
    LEFT JOIN all_blocks k ON k.person_id = r.person_id AND k.account_id = r.account_id
    LEFT JOIN accounts_substitution s ON s.id = r.substitution_id
    LEFT JOIN all_blocks absent ON absent.person_id = s.absent_id AND absent.account_id = r.account_id
), pieces AS (
    SELECT barred.*, piece, TRUE AS blocked
    FROM barred CROSS JOIN LATERAL unnest(datemultirange(daterange(starts, ends, '[]')) * days) AS piece
    WHERE NOT isempty(days)
    UNION ALL
    SELECT barred.*, piece, FALSE
    FROM barred CROSS JOIN LATERAL unnest(datemultirange(daterange(starts, ends, '[]')) - days) AS piece
    WHERE NOT isempty(days)
)
INSERT INTO new_grants (id, account_id, person_id, kind, acts_as, starts, ends, since, assignment_id, via_id,
                        directorship_id, placement_id, membership_id, invitation_id, substitution_id, blocked)
SELECT 0, account_id, person_id, kind, acts_as, starts, ends, since, assignment_id, via_id,
       directorship_id, placement_id, membership_id, invitation_id, substitution_id, FALSE
FROM barred WHERE isempty(days)
UNION ALL
SELECT 0, account_id, person_id, kind, acts_as, lower(piece), upper(piece) - 1, since, assignment_id, via_id,
       directorship_id, placement_id, membership_id, invitation_id, substitution_id, blocked
FROM pieces;
