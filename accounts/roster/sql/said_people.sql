-- One row a person: the last that the file has about them.
CREATE TEMP TABLE staged ON COMMIT DROP AS
SELECT * FROM accounts_stagedrow WHERE roster_import_id = %(import)s;
-- Where the file writes an area's name in place of its code, the code is found by the name.
UPDATE staged s SET area_code = a.code FROM accounts_area a
WHERE a.name = s.area_code AND NOT EXISTS (SELECT FROM accounts_area b WHERE b.code = s.area_code);

CREATE TEMP TABLE said ON COMMIT DROP AS
SELECT DISTINCT ON (employee_number) employee_number, last_name, first_name, email, phone, title, area_code,
    superior_number, management, row, TRUE AS runs
FROM staged ORDER BY employee_number, row DESC;
ANALYZE said;
