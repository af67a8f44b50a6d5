-- Takes the lines in again after what they tell of was rolled back.
CREATE TEMP TABLE told_again (
    section text, position integer, account_number text, account_name text, employee_number text, person_name text,
    site_number text, site_name text, day date, row integer, data jsonb
) ON COMMIT DROP;
