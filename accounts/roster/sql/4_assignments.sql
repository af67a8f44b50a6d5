-- Assignments (roster-import.md, "What a snapshot means"). For each person, site and role: the file's periods, merged
-- where they overlap or touch, replace what runs or lies ahead; what ended earlier stays; what runs and is no longer
-- in the file ends on the day before the file's date; what lay ahead and is no longer in the file never comes.
-- History that touches one of the file's periods stays a row of its own: grown together with it, the same file would
-- take it for what runs the next time, and replace it.

CREATE TEMP TABLE wanted ON COMMIT DROP AS
SELECT p.id AS person_id, n.site_id, s.role, range_agg(s.period) AS days, min(s.row) AS row
FROM staged s
JOIN accounts_person p USING (employee_number)
JOIN named_sites n USING (site_number)
GROUP BY p.id, n.site_id, s.role;
ANALYZE wanted;

CREATE TEMP TABLE spoken_of ON COMMIT DROP AS SELECT site_id FROM covered UNION SELECT site_id FROM named_sites;
ANALYZE spoken_of;

-- What each standing row keeps besides the file's own periods.
CREATE TEMP TABLE standing ON COMMIT DROP AS
SELECT a.id, a.person_id, a.site_id, a.role, a.period AS before,
    CASE WHEN upper(a.period) <= %(date)s THEN datemultirange(a.period) - coalesce(w.days, '{}')
         WHEN a.period && w.days THEN '{}'
         ELSE datemultirange(a.period * daterange(NULL, %(date)s)) END AS kept
FROM accounts_assignment a
JOIN spoken_of USING (site_id)
LEFT JOIN wanted w USING (person_id, site_id, role)
WHERE NOT isempty(a.period);
ANALYZE standing;

-- Nearly always the periods of a key are one, and its first row is the row behind it.
CREATE TEMP TABLE pieces ON COMMIT DROP AS
SELECT person_id, site_id, role, piece AS period, CASE WHEN days = datemultirange(piece) THEN row END AS row
FROM wanted CROSS JOIN LATERAL unnest(days) AS piece;
ANALYZE pieces;

-- Rows that stay as they are need no plan. Each other standing row goes to the first target period that it meets, each
-- target to the first row that came to it.
CREATE TEMP TABLE assignment_plan ON COMMIT DROP AS
WITH changing AS (
    SELECT s.* FROM standing s
    WHERE s.kept <> datemultirange(s.before) AND NOT EXISTS (
        SELECT FROM pieces p WHERE (p.person_id, p.site_id, p.role, p.period)
                                   = (s.person_id, s.site_id, s.role, s.before))
), targets AS (
    SELECT p.* FROM pieces p WHERE NOT EXISTS (
        SELECT FROM standing s WHERE (s.person_id, s.site_id, s.role, s.before)
                                     = (p.person_id, p.site_id, p.role, p.period))
    UNION ALL
    SELECT person_id, site_id, role, piece, NULL FROM changing CROSS JOIN LATERAL unnest(kept) AS piece
), met AS (
    SELECT DISTINCT ON (c.id) c.id, c.before, t.period AS target, c.person_id, c.site_id, c.role
    FROM changing c
    LEFT JOIN targets t ON t.person_id = c.person_id AND t.site_id = c.site_id AND t.role = c.role
        AND t.period && c.before
    ORDER BY c.id, t.period
), ranked AS (
    SELECT met.*, row_number() OVER (PARTITION BY person_id, site_id, role, target ORDER BY before, id) AS place
    FROM met
)
SELECT r.id, coalesce(r.person_id, t.person_id) AS person_id, coalesce(r.site_id, t.site_id) AS site_id,
    coalesce(r.role, t.role) AS role, r.before, coalesce(t.period, 'empty'::daterange) AS after, t.row
FROM targets t
FULL JOIN ranked r ON r.person_id = t.person_id AND r.site_id = t.site_id AND r.role = t.role
    AND r.target = t.period AND r.place = 1;
ANALYZE assignment_plan;
UPDATE assignment_plan a SET row = found.row FROM (
    SELECT p.person_id, p.site_id, p.role, p.after, min(s.row) AS row
    FROM assignment_plan p
    JOIN accounts_person n ON n.id = p.person_id
    JOIN named_sites t ON t.site_id = p.site_id
    JOIN staged s ON s.employee_number = n.employee_number AND s.site_number = t.site_number AND s.role = p.role
        AND s.period && p.after
    WHERE p.row IS NULL
    GROUP BY p.person_id, p.site_id, p.role, p.after
) found WHERE a.row IS NULL AND (found.person_id, found.site_id, found.role, found.after) = (a.person_id, a.site_id, a.role, a.after);

INSERT INTO accounts_rosterchange (roster_import_id, "table", object_id, before)
SELECT %(import)s, 'assignment', a.id,
    jsonb_build_object('period', a.period, 'roster_import_id', a.roster_import_id, 'row', a.row)
FROM accounts_assignment a JOIN assignment_plan p USING (id);

-- Where no row of this file is behind a period, the import and the row that it came from stay together.
UPDATE accounts_assignment a SET period = p.after, row = coalesce(p.row, a.row),
    roster_import_id = CASE WHEN p.row IS NULL THEN a.roster_import_id ELSE %(import)s END
FROM assignment_plan p WHERE p.id = a.id;
