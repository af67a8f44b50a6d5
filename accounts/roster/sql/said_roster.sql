-- One row a person: the last that the file has about them.
CREATE TEMP TABLE said ON COMMIT DROP AS
SELECT DISTINCT ON (employee_number) employee_number, last_name, first_name, email, phone, '' AS title, area_code,
    superior_number, row, bool_or(valid_to IS NULL OR valid_to >= %(date)s) OVER (PARTITION BY employee_number) AS runs
FROM staged ORDER BY employee_number, row DESC;
ANALYZE said;
