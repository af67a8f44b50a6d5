-- Takes the lines in again after what they tell of was rolled back.
CREATE TEMP TABLE lines_in (LIKE accounts_forecastline) ON COMMIT DROP;
ALTER TABLE lines_in DROP COLUMN id, DROP COLUMN roster_import_id;
