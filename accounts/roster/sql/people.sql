-- A people file is the whole staff: who is no longer in it has left, unless the billing system still names them.

CREATE TEMP TABLE people_gone ON COMMIT DROP AS
WITH gone AS (
    UPDATE accounts_person p SET left_on = %(date)s - 1, in_people_file = FALSE
    WHERE p.in_people_file AND NOT EXISTS (SELECT FROM said s WHERE s.employee_number = p.employee_number)
      AND NOT EXISTS (SELECT FROM accounts_assignment a WHERE a.person_id = p.id AND NOT isempty(a.period)
                      AND a.period && daterange(%(date)s, NULL))
    RETURNING p.id
) SELECT id FROM gone;

-- The mark for the management group: whoever came with it has always had it as far as anybody knows, whoever was known
-- without it has it from the file's date.
CREATE TEMP TABLE management_added ON COMMIT DROP AS
WITH made AS (
    INSERT INTO accounts_managementmembership (person_id, period)
    SELECT p.id, daterange(CASE WHEN n.id IS NULL THEN %(date)s END, NULL)
    FROM said s JOIN accounts_person p USING (employee_number) LEFT JOIN people_new n ON n.id = p.id
    WHERE s.management AND NOT EXISTS (SELECT FROM accounts_managementmembership m
        WHERE m.person_id = p.id AND m.period && daterange(%(date)s, NULL))
    RETURNING person_id
) SELECT person_id FROM made;

CREATE TEMP TABLE management_removed ON COMMIT DROP AS
WITH ended AS (
    UPDATE accounts_managementmembership m SET period = m.period * daterange(NULL, %(date)s)
    FROM accounts_person p
    WHERE p.id = m.person_id AND m.period && daterange(%(date)s, NULL) AND NOT isempty(m.period)
      AND (p.id IN (SELECT id FROM people_gone)
           OR EXISTS (SELECT FROM said s WHERE s.employee_number = p.employee_number AND NOT s.management))
    RETURNING m.person_id
) SELECT person_id FROM ended;
