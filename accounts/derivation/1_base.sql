-- The causes of access, each with its own days, then the one that speaks for each day (access.md, "Where a grant comes
-- from").

CREATE TEMP TABLE causes (
    account_id bigint, person_id bigint, kind text, starts date, ends date, since date,
    assignment_id bigint, via_id bigint, directorship_id bigint, placement_id bigint, membership_id bigint,
    invitation_id bigint
) ON COMMIT DROP;
CREATE TEMP TABLE base (
    id bigint GENERATED ALWAYS AS IDENTITY, account_id bigint, person_id bigint, kind text, acts_as text,
    starts date, ends date, since date, assignment_id bigint, via_id bigint, directorship_id bigint,
    placement_id bigint, membership_id bigint, invitation_id bigint, substitution_id bigint
) ON COMMIT DROP;

-- responsible: the days of the assignment on which the site belongs to the account. A site that only changes its area
-- gets a new placement, but the grant goes on: a fresh start could move the person to the other side of a barrier.
INSERT INTO causes (account_id, person_id, kind, starts, ends, assignment_id)
SELECT p.account_id, a.person_id, 'responsible', coalesce(lower(a.period * p.run), %(always)s),
    coalesce(upper(a.period * p.run) - 1, %(until_further_notice)s), a.id
FROM accounts_assignment a
JOIN (
    SELECT site_id, account_id, unnest(range_agg(period)) AS run FROM accounts_placement GROUP BY site_id, account_id
) p ON p.site_id = a.site_id AND p.run && a.period
WHERE %(everyone)s OR a.person_id = ANY (%(people)s) OR a.person_id IN (
    WITH RECURSIVE below AS (
        SELECT id FROM accounts_person WHERE superior_id = ANY (%(people)s)
        UNION SELECT s.id FROM accounts_person s JOIN below b ON s.superior_id = b.id
    ) SELECT id FROM below);

-- director and deputy
INSERT INTO causes (account_id, person_id, kind, starts, ends, directorship_id)
SELECT account_id, person_id, 'director',
    coalesce(lower(period), %(always)s), coalesce(upper(period) - 1, %(until_further_notice)s), id
FROM accounts_directorship WHERE NOT isempty(period);

-- sales: people of every area in which the account has an open site. The grant runs as long as there is one; each site
-- speaks for its own days, and `since` is the day from which there has been one without a break.
CREATE TEMP TABLE presence ON COMMIT DROP AS
SELECT account_id, area_id, unnest(range_agg(period)) AS run
FROM accounts_placement WHERE area_id IS NOT NULL AND NOT isempty(period) GROUP BY account_id, area_id;
ANALYZE presence;
CREATE TEMP TABLE sellers ON COMMIT DROP AS
SELECT s.id, s.area_id FROM accounts_person s
JOIN accounts_titlerole t ON t.title = lower(btrim(s.title)) AND t.role = 'sales'
WHERE s.area_id IS NOT NULL AND (%(everyone)s OR s.id = ANY (%(people)s));
ANALYZE sellers;
INSERT INTO causes (account_id, person_id, kind, starts, ends, since, placement_id)
SELECT l.account_id, s.id, 'sales',
    coalesce(lower(l.period), %(always)s), coalesce(upper(l.period) - 1, %(until_further_notice)s), coalesce(lower(r.run), %(always)s), l.id
FROM sellers s
JOIN accounts_placement l ON l.area_id = s.area_id AND NOT isempty(l.period)
JOIN presence r ON r.account_id = l.account_id AND r.area_id = l.area_id AND r.run @> l.period;

-- management: every account
INSERT INTO causes (account_id, person_id, kind, starts, ends, membership_id)
SELECT a.id, m.person_id, 'management',
    coalesce(lower(m.period), %(always)s), coalesce(upper(m.period) - 1, %(until_further_notice)s), m.id
FROM accounts_managementmembership m CROSS JOIN accounts_account a
WHERE NOT isempty(m.period);

INSERT INTO causes (account_id, person_id, kind, starts, ends, invitation_id)
SELECT account_id, person_id, 'invited',
    coalesce(lower(period), %(always)s), coalesce(upper(period) - 1, %(until_further_notice)s), id
FROM accounts_invitation WHERE NOT isempty(period);

DELETE FROM causes WHERE NOT %(everyone)s AND kind <> 'responsible' AND NOT person_id = ANY (%(people)s);

-- superior: everyone above a responsible person, cut where the chain would go round in a circle. The rows that speak
-- for each day are enough to stand for all below: they cover the same days with the same earliest starts.
WITH RECURSIVE above AS (
    SELECT p.id AS person_id, p.superior_id, p.id AS via_id, ARRAY [p.id, p.superior_id] AS path
    FROM accounts_person p WHERE p.superior_id IS NOT NULL
    UNION ALL
    SELECT b.person_id, s.superior_id, b.superior_id, b.path || s.superior_id
    FROM above b JOIN accounts_person s ON s.id = b.superior_id
    WHERE s.superior_id IS NOT NULL AND s.superior_id <> ALL (b.path)
), ranked AS (
    SELECT c.*, max(ends) OVER speaking AS spoken_for
    FROM causes c WHERE kind = 'responsible'
    WINDOW speaking AS (PARTITION BY account_id, person_id ORDER BY starts, ends DESC, assignment_id
                        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
), responsible AS (
    SELECT *, greatest(starts, spoken_for + 1) AS first_day FROM ranked
    WHERE spoken_for IS NULL OR ends > spoken_for
), superior AS (
    SELECT r.account_id, a.superior_id AS person_id, r.first_day, r.starts AS since, r.ends, r.assignment_id, a.via_id
    FROM responsible r JOIN above a ON a.person_id = r.person_id
    WHERE %(everyone)s OR a.superior_id = ANY (%(people)s)
), superior_ranked AS (
    SELECT s.*, max(ends) OVER (PARTITION BY account_id, person_id ORDER BY since, ends DESC, assignment_id
                                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS spoken_for
    FROM superior s
)
INSERT INTO base (account_id, person_id, kind, acts_as, starts, ends, since, assignment_id, via_id)
SELECT account_id, person_id, 'responsible', 'responsible', first_day, ends, starts, assignment_id, NULL::bigint
FROM responsible WHERE %(everyone)s OR person_id = ANY (%(people)s)
UNION ALL
SELECT account_id, person_id, 'superior', 'superior', greatest(first_day, spoken_for + 1), ends, since, assignment_id, via_id
FROM superior_ranked WHERE spoken_for IS NULL OR ends > spoken_for;

-- Of several causes of one kind that run on a day, the earliest speaks: of each cause, the days after the ends of all
-- that started before it.
WITH ranked AS (
    SELECT c.*, max(ends) OVER (PARTITION BY account_id, person_id, kind
        ORDER BY starts, ends DESC, directorship_id, placement_id, membership_id, invitation_id
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS spoken_for
    FROM causes c WHERE kind <> 'responsible'
)
INSERT INTO base (account_id, person_id, kind, acts_as, starts, ends, since, directorship_id, placement_id,
                  membership_id, invitation_id)
SELECT account_id, person_id, kind, kind, greatest(starts, spoken_for + 1), ends, coalesce(since, starts), directorship_id,
       placement_id, membership_id, invitation_id
FROM ranked WHERE spoken_for IS NULL OR ends > spoken_for;

-- Whoever left the company sees nothing after the last day.
UPDATE base SET ends = p.left_on FROM accounts_person p
WHERE p.id = base.person_id AND p.left_on < base.ends;
DELETE FROM base WHERE starts > ends;
