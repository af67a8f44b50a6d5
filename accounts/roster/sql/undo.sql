-- The rows that the import made never ran; those it changed become as they were. A superior goes back only where
-- nobody has said otherwise since, and whoever had left has left again, unless a people file has taken them in since.

UPDATE accounts_assignment SET period = 'empty' WHERE created_by_id = %(import)s;
UPDATE accounts_assignment a SET period = (c.before ->> 'period')::daterange,
    roster_import_id = (c.before ->> 'roster_import_id')::bigint, row = (c.before ->> 'row')::integer
FROM accounts_rosterchange c
WHERE c.roster_import_id = %(import)s AND c."table" = 'assignment' AND c.object_id = a.id;

UPDATE accounts_placement SET period = 'empty' WHERE created_by_id = %(import)s;
UPDATE accounts_placement p SET period = (c.before ->> 'period')::daterange
FROM accounts_rosterchange c
WHERE c.roster_import_id = %(import)s AND c."table" = 'placement' AND c.object_id = p.id;

UPDATE accounts_person p SET superior_id = (c.before ->> 'superior_id')::bigint
FROM accounts_rosterchange c
WHERE c.roster_import_id = %(import)s AND c."table" = 'person' AND c.object_id = p.id
  AND p.superior_id IS NOT DISTINCT FROM (c.before ->> 'after_superior_id')::bigint;

UPDATE accounts_person p SET left_on = (c.before ->> 'left_on')::date
FROM accounts_rosterchange c
WHERE c.roster_import_id = %(import)s AND c."table" = 'person' AND c.object_id = p.id
  AND c.before ->> 'left_on' IS NOT NULL AND p.left_on IS NULL
  AND p.in_people_file = (c.before ->> 'in_people_file')::boolean;
