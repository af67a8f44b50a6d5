-- What changed about people, a line each.

-- superiors in a circle: whoever comes back to themselves on the way up
WITH RECURSIVE up AS (
    SELECT id, superior_id AS at, ARRAY[id] AS path FROM accounts_person WHERE superior_id IS NOT NULL
    UNION ALL
    SELECT up.id, p.superior_id, up.path || up.at FROM up JOIN accounts_person p ON p.id = up.at
    WHERE p.superior_id IS NOT NULL AND up.at <> ALL (up.path)
)
INSERT INTO lines (section, person_id, data)
SELECT 'circles', up.id, jsonb_build_object('superior', s.employee_number, 'superior_name', s.first_name || ' ' || s.last_name)
FROM up JOIN accounts_person p ON p.id = up.id JOIN accounts_person s ON s.id = p.superior_id
WHERE up.at = up.id;

INSERT INTO lines (section, person_id, row) SELECT 'people_new', id, row FROM people_new;

INSERT INTO lines (section, person_id, row, data)
SELECT 'people_changed', p.id, c.row, jsonb_build_object(
    'before', jsonb_build_object('name', (c.before ->> 'first_name') || ' ' || (c.before ->> 'last_name'),
        'email', c.before ->> 'email', 'phone', c.before ->> 'phone', 'title', c.before ->> 'title',
        'superior', was.employee_number),
    'after', jsonb_build_object('name', p.first_name || ' ' || p.last_name, 'email', p.email, 'phone', p.phone,
        'title', p.title, 'superior', now.employee_number))
FROM people_changed c JOIN accounts_person p USING (id)
LEFT JOIN accounts_person was ON was.id = (c.before ->> 'superior_id')::bigint
LEFT JOIN accounts_person now ON now.id = p.superior_id
WHERE p.id NOT IN (SELECT id FROM people_new)
  AND NOT (c.before @> jsonb_build_object('last_name', p.last_name, 'first_name', p.first_name, 'email', p.email,
      'phone', p.phone, 'title', p.title, 'superior_id', p.superior_id, 'area_id', p.area_id, 'left_on', p.left_on));

INSERT INTO lines (section, person_id, row, data)
SELECT 'email_conflicts', claimant_id, row, jsonb_build_object('email', conflicts_new.email, 'earlier', e.employee_number,
    'earlier_name', e.first_name || ' ' || e.last_name)
FROM conflicts_new JOIN accounts_person e ON e.id = earlier_id;

INSERT INTO lines (section, person_id, row)
SELECT 'no_email', p.id, s.row FROM said s JOIN accounts_person p USING (employee_number)
WHERE p.email = '' AND s.runs;

INSERT INTO lines (section, person_id, row, data)
SELECT 'superiors_unknown', p.id, s.row, jsonb_build_object('superior', s.superior_number)
FROM said s JOIN accounts_person p USING (employee_number)
WHERE s.superior_number NOT IN ('', s.employee_number)
  AND NOT EXISTS (SELECT FROM accounts_person u WHERE u.employee_number = s.superior_number);
