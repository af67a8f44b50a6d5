-- Areas and people as the file names them; the table said holds one row a person.
-- An e-mail that another person bears is nobody's until an administrator decides.

CREATE TEMP TABLE changed_areas ON COMMIT DROP AS
WITH made AS (
    INSERT INTO accounts_area (code, name)
    SELECT area_code, coalesce(max(nullif(area_name, '')), area_code)
    FROM staged WHERE area_code <> '' GROUP BY area_code
    ON CONFLICT (code) DO UPDATE SET name = excluded.name
        WHERE accounts_area.name <> excluded.name AND excluded.name <> excluded.code
    RETURNING id
) SELECT * FROM made;

CREATE TEMP TABLE claims ON COMMIT DROP AS
SELECT s.employee_number, s.email, holder.id AS holder_id, holder.employee_number AS holder_number, s.row
FROM said s LEFT JOIN accounts_person holder ON holder.email = s.email
WHERE s.email <> '' AND NOT EXISTS (  -- a claim that an administrator has turned down stays turned down
    SELECT FROM accounts_emailconflict c JOIN accounts_person claimant ON claimant.id = c.claimant_id
    WHERE c.email = s.email AND claimant.employee_number = s.employee_number AND c.resolved_at IS NOT NULL
      AND c.bearer_id IS DISTINCT FROM c.claimant_id);

CREATE TEMP TABLE contested ON COMMIT DROP AS
SELECT email FROM claims GROUP BY email HAVING count(*) > 1
UNION SELECT email FROM claims WHERE holder_number <> employee_number
UNION SELECT email FROM accounts_emailconflict WHERE resolved_at IS NULL;

CREATE TEMP TABLE people_new ON COMMIT DROP AS
WITH made AS (
    INSERT INTO accounts_person (employee_number, last_name, first_name, email, phone, title, area_id,
                                 in_people_file, is_administrator)
    SELECT s.employee_number, s.last_name, s.first_name,
        CASE WHEN c.email IS NULL OR c.email IN (SELECT email FROM contested) THEN '' ELSE c.email END,
        s.phone, s.title, a.id, %(people_file)s, FALSE
    FROM said s
    LEFT JOIN claims c USING (employee_number)
    LEFT JOIN accounts_area a ON %(people_file)s AND a.code = s.area_code AND s.area_code <> ''
    WHERE NOT EXISTS (SELECT FROM accounts_person p WHERE p.employee_number = s.employee_number)
    RETURNING id, employee_number
) SELECT made.id, s.row FROM made JOIN said s USING (employee_number);

-- Whoever bore a contested e-mail and no longer claims it loses it, and the login with it.
CREATE TEMP TABLE losers ON COMMIT DROP AS
WITH lost AS (
    UPDATE accounts_person p SET email = ''
    WHERE p.email IN (SELECT email FROM claims WHERE holder_number <> employee_number)
      AND NOT EXISTS (SELECT FROM claims c WHERE c.email = p.email AND c.employee_number = p.employee_number)
    RETURNING p.id
) SELECT id FROM lost;

CREATE TEMP TABLE conflicts_new ON COMMIT DROP AS
WITH claimants AS (
    SELECT c.email, p.id AS claimant_id, c.row,
        coalesce(c.holder_id, first_value(p.id) OVER (PARTITION BY c.email ORDER BY c.employee_number)) AS earlier_id
    FROM claims c JOIN accounts_person p USING (employee_number)
    WHERE c.email IN (SELECT email FROM contested)
), made AS (
    INSERT INTO accounts_emailconflict (email, earlier_id, claimant_id, roster_import_id, found_at)
    SELECT email, earlier_id, claimant_id, %(import)s, %(now)s FROM claimants WHERE claimant_id <> earlier_id
    ON CONFLICT (email, claimant_id) WHERE resolved_at IS NULL DO NOTHING
    RETURNING email, earlier_id, claimant_id
) SELECT made.*, c.row FROM made JOIN claimants c USING (email, claimant_id);

CREATE TEMP TABLE people_changed ON COMMIT DROP AS
WITH wished AS (
    SELECT p.id, s.row,
        CASE WHEN s.last_name = '' THEN p.last_name WHEN same.words THEN p.last_name ELSE s.last_name END AS last_name,
        CASE WHEN s.last_name = '' THEN p.first_name WHEN same.words THEN p.first_name ELSE s.first_name END
            AS first_name,
        CASE WHEN c.email IS NULL OR c.email IN (SELECT email FROM contested) THEN p.email ELSE c.email END AS email,
        coalesce(nullif(s.phone, ''), p.phone) AS phone,
        CASE WHEN %(people_file)s THEN s.title ELSE p.title END AS title,
        CASE WHEN %(people_file)s THEN a.id ELSE p.area_id END AS area_id,
        coalesce(superior.id, p.superior_id) AS superior_id,
        %(people_file)s OR p.in_people_file AS in_people_file,
        CASE WHEN %(people_file)s OR s.runs THEN NULL ELSE p.left_on END AS left_on
    FROM said s
    JOIN accounts_person p USING (employee_number)
    LEFT JOIN claims c USING (employee_number)
    LEFT JOIN accounts_area a ON a.code = s.area_code AND s.area_code <> ''
    LEFT JOIN accounts_person superior
        ON superior.employee_number = s.superior_number AND s.superior_number <> s.employee_number
    CROSS JOIN LATERAL (  -- the same words in another order are the same name: the billing system turns them round
        SELECT CASE WHEN (s.last_name, s.first_name) = (p.last_name, p.first_name) THEN TRUE
            -- the people file knows which is the surname
            WHEN %(people_file)s THEN FALSE
            ELSE (SELECT array_agg(w ORDER BY w) FROM unnest(string_to_array(lower(s.last_name || ' ' || s.first_name), ' ')) w)
               = (SELECT array_agg(w ORDER BY w) FROM unnest(string_to_array(lower(p.last_name || ' ' || p.first_name), ' ')) w)
            END AS words) same
), differing AS (
    SELECT w.*, to_jsonb(p) AS before FROM wished w JOIN accounts_person p USING (id)
    WHERE (p.last_name, p.first_name, p.email, p.phone, p.title, p.in_people_file)
          <> (w.last_name, w.first_name, w.email, w.phone, w.title, w.in_people_file)
       OR (p.area_id, p.superior_id, p.left_on) IS DISTINCT FROM (w.area_id, w.superior_id, w.left_on)
), made AS (
    UPDATE accounts_person p SET last_name = d.last_name, first_name = d.first_name, email = d.email, phone = d.phone,
        title = d.title, area_id = d.area_id, superior_id = d.superior_id, in_people_file = d.in_people_file,
        left_on = d.left_on
    FROM differing d WHERE p.id = d.id
    RETURNING p.id
) SELECT d.id, d.row, d.before FROM made JOIN differing d USING (id);

INSERT INTO accounts_rosterchange (roster_import_id, "table", object_id, before)
SELECT %(import)s, 'person', c.id,
    jsonb_build_object('superior_id', c.before -> 'superior_id', 'after_superior_id', p.superior_id,
        'left_on', c.before -> 'left_on', 'in_people_file', c.before -> 'in_people_file')
FROM people_changed c JOIN accounts_person p USING (id)
WHERE ((c.before ->> 'superior_id')::bigint, (c.before ->> 'left_on')::date)
      IS DISTINCT FROM (p.superior_id, p.left_on);
