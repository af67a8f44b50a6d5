-- The assignments that are new, in the order of the index that keeps them apart.
INSERT INTO accounts_assignment (person_id, site_id, role, period, roster_import_id, row, created_by_id)
SELECT person_id, site_id, role, after, %(import)s, row, %(import)s FROM assignment_plan WHERE id IS NULL
ORDER BY site_id, person_id;
