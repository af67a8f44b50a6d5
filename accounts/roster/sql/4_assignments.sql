-- Assignments (roster-import.md, "What a snapshot means"). For each person, site and role: the file's periods, merged
-- where they overlap or touch, replace what runs or lies ahead; what ended earlier stays; what runs and is no longer
-- in the file ends on the day before the file's date; what lay ahead and is no longer in the file never comes.

CREATE TEMP TABLE wanted ON COMMIT DROP AS
SELECT p.id AS person_id, n.site_id, s.role, range_agg(s.period) AS days
FROM staged s
JOIN accounts_person p USING (employee_number)
JOIN named_sites n USING (site_number)
GROUP BY p.id, n.site_id, s.role;
ANALYZE wanted;

CREATE TEMP TABLE spoken_of ON COMMIT DROP AS SELECT site_id FROM covered UNION SELECT site_id FROM named_sites;
ANALYZE spoken_of;

CREATE TEMP TABLE standing ON COMMIT DROP AS
SELECT a.person_id, a.site_id, a.role, range_agg(a.period) AS days,
    range_agg(CASE WHEN upper(a.period) <= %(date)s THEN a.period
                   WHEN a.period && w.days THEN 'empty'
                   ELSE a.period * daterange(NULL, %(date)s) END) AS kept
FROM accounts_assignment a
JOIN spoken_of USING (site_id)
LEFT JOIN wanted w USING (person_id, site_id, role)
WHERE NOT isempty(a.period)
GROUP BY a.person_id, a.site_id, a.role;
ANALYZE standing;

CREATE TEMP TABLE targets ON COMMIT DROP AS
SELECT person_id, site_id, role, coalesce(w.days, '{}') + coalesce(s.kept, '{}') AS days
FROM wanted w FULL JOIN standing s USING (person_id, site_id, role)
WHERE coalesce(s.days, '{}') <> coalesce(w.days, '{}') + coalesce(s.kept, '{}');
ANALYZE targets;

-- Each standing row goes to the first target period that it meets, each target to the first row that came to it.
CREATE TEMP TABLE assignment_plan ON COMMIT DROP AS
WITH pieces AS (
    SELECT t.person_id, t.site_id, t.role, piece AS period
    FROM targets t CROSS JOIN LATERAL unnest(t.days) AS piece
), met AS (
    SELECT DISTINCT ON (a.id) a.id, a.period AS before, p.period AS target, a.person_id, a.site_id, a.role
    FROM accounts_assignment a
    JOIN targets t USING (person_id, site_id, role)
    LEFT JOIN pieces p ON p.person_id = a.person_id AND p.site_id = a.site_id AND p.role = a.role
        AND p.period && a.period
    WHERE NOT isempty(a.period)
    ORDER BY a.id, p.period
), ranked AS (
    SELECT met.*, row_number() OVER (PARTITION BY person_id, site_id, role, target ORDER BY before, id) AS place
    FROM met
)
SELECT r.id, coalesce(r.person_id, p.person_id) AS person_id, coalesce(r.site_id, p.site_id) AS site_id,
    coalesce(r.role, p.role) AS role, r.before, coalesce(p.period, 'empty'::daterange) AS after
FROM pieces p
FULL JOIN ranked r ON r.person_id = p.person_id AND r.site_id = p.site_id AND r.role = p.role
    AND r.target = p.period AND r.place = 1
WHERE r.before IS DISTINCT FROM p.period;
ALTER TABLE assignment_plan ADD COLUMN row integer;
UPDATE assignment_plan a SET row = found.row FROM (
    SELECT p.person_id, p.site_id, p.role, p.after, min(s.row) AS row
    FROM assignment_plan p
    JOIN accounts_person n ON n.id = p.person_id
    JOIN named_sites t ON t.site_id = p.site_id
    JOIN staged s ON s.employee_number = n.employee_number AND s.site_number = t.site_number AND s.role = p.role
        AND s.period && p.after
    GROUP BY p.person_id, p.site_id, p.role, p.after
) found WHERE (found.person_id, found.site_id, found.role, found.after) = (a.person_id, a.site_id, a.role, a.after);

INSERT INTO accounts_rosterchange (roster_import_id, "table", object_id, before)
SELECT %(import)s, 'assignment', a.id,
    jsonb_build_object('period', a.period, 'roster_import_id', a.roster_import_id, 'row', a.row)
FROM accounts_assignment a JOIN assignment_plan p USING (id);

UPDATE accounts_assignment a SET period = p.after, roster_import_id = %(import)s, row = coalesce(p.row, a.row)
FROM assignment_plan p WHERE p.id = a.id;

INSERT INTO accounts_assignment (person_id, site_id, role, period, roster_import_id, row, created_by_id)
SELECT person_id, site_id, role, after, %(import)s, row, %(import)s FROM assignment_plan WHERE id IS NULL
ORDER BY site_id, person_id;
