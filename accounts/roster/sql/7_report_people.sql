INSERT INTO lines (section, person_id, day) SELECT 'people_gone', id, %(date)s - 1 FROM people_gone;
INSERT INTO lines (section, person_id) SELECT 'management_added', person_id FROM management_added;
INSERT INTO lines (section, person_id) SELECT 'management_removed', person_id FROM management_removed;
