-- The rows that the import made never ran; those it changed become as they were. A superior goes back only where
-- nobody has said otherwise since.

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
