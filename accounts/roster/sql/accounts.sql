-- Accounts, contracts, directors and the sides of barriers. What the file doesn't name stays as it is.

CREATE TEMP TABLE staged ON COMMIT DROP AS
SELECT * FROM accounts_stagedrow WHERE roster_import_id = %(import)s;

CREATE TEMP TABLE named ON COMMIT DROP AS
SELECT DISTINCT ON (customer_number) customer_number, customer_name, industry, row,
    min(valid_from) OVER (PARTITION BY customer_number) AS first_day
FROM staged ORDER BY customer_number, row DESC;

CREATE TEMP TABLE accounts_new ON COMMIT DROP AS
WITH made AS (
    INSERT INTO accounts_account (customer_number, name, industry, listed)
    SELECT customer_number, coalesce(nullif(customer_name, ''), customer_number), industry, TRUE FROM named n
    WHERE NOT EXISTS (SELECT FROM accounts_account a WHERE a.customer_number = n.customer_number)
    RETURNING id, customer_number
) SELECT made.id, n.row FROM made JOIN named n USING (customer_number);

CREATE TEMP TABLE accounts_changed ON COMMIT DROP AS
WITH differing AS (
    SELECT a.id, n.row, a.name AS old_name, a.industry AS old_industry,
        coalesce(nullif(n.customer_name, ''), a.name) AS name, coalesce(nullif(n.industry, ''), a.industry) AS industry
    FROM named n JOIN accounts_account a USING (customer_number)
), made AS (
    UPDATE accounts_account a SET name = d.name, industry = d.industry FROM differing d
    WHERE a.id = d.id AND (a.name, a.industry) <> (d.name, d.industry)
    RETURNING a.id
) SELECT d.* FROM made JOIN differing d USING (id);

CREATE TEMP TABLE contract_rows ON COMMIT DROP AS
SELECT DISTINCT ON (a.id, s.contract_number) a.id AS account_id, s.contract_number AS number, s.row,
    daterange(s.valid_from, s.valid_to, '[]') AS period
FROM staged s JOIN accounts_account a USING (customer_number)
WHERE s.contract_number <> '' ORDER BY a.id, s.contract_number, s.row DESC;

CREATE TEMP TABLE contracts_changed ON COMMIT DROP AS
WITH made AS (
    UPDATE accounts_contract c SET period = r.period FROM contract_rows r
    WHERE c.account_id = r.account_id AND c.number = r.number AND c.period <> r.period
    RETURNING c.account_id, c.number
) SELECT made.*, r.row, r.period FROM made JOIN contract_rows r USING (account_id, number);

CREATE TEMP TABLE contracts_new ON COMMIT DROP AS
WITH made AS (
    INSERT INTO accounts_contract (account_id, number, name, period)
    SELECT account_id, number, '', period FROM contract_rows r
    WHERE NOT EXISTS (SELECT FROM accounts_contract c WHERE c.account_id = r.account_id AND c.number = r.number)
    RETURNING account_id, number
) SELECT made.*, r.row, r.period FROM made JOIN contract_rows r USING (account_id, number);

CREATE TEMP TABLE posts ON COMMIT DROP AS
SELECT DISTINCT ON (a.id, post) a.id AS account_id, post, number AS employee_number, p.id AS person_id, s.row,
    n.first_day
FROM staged s
JOIN accounts_account a USING (customer_number)
JOIN named n USING (customer_number)
CROSS JOIN LATERAL (VALUES ('director', s.director_number), ('deputy', s.deputy_number)) v (post, number)
LEFT JOIN accounts_person p ON p.employee_number = v.number
WHERE v.number <> '' ORDER BY a.id, post, s.row DESC;

-- Another director from the file's date; the first one from the account's first contract day.
CREATE TEMP TABLE directors_changed ON COMMIT DROP AS
WITH ended AS (
    UPDATE accounts_directorship d SET period = d.period * daterange(NULL, %(date)s)
    FROM posts p
    WHERE p.account_id = d.account_id AND p.post = d.post AND p.person_id IS NOT NULL AND p.person_id <> d.person_id
      AND NOT isempty(d.period) AND d.period && daterange(%(date)s, NULL)
    RETURNING d.account_id, d.post, d.person_id
) SELECT * FROM ended;
CREATE TEMP TABLE directors_new ON COMMIT DROP AS
WITH made AS (
    INSERT INTO accounts_directorship (account_id, person_id, post, period)
    SELECT p.account_id, p.person_id, p.post, daterange(CASE WHEN EXISTS (
        SELECT FROM accounts_directorship d WHERE d.account_id = p.account_id AND d.post = p.post)
        THEN %(date)s ELSE p.first_day END, NULL)
    FROM posts p
    WHERE p.person_id IS NOT NULL AND NOT EXISTS (SELECT FROM accounts_directorship d
        WHERE d.account_id = p.account_id AND d.post = p.post AND d.person_id = p.person_id
          AND NOT isempty(d.period) AND d.period && daterange(%(date)s, NULL))
    RETURNING account_id, post, person_id
) SELECT * FROM made;

CREATE TEMP TABLE sides ON COMMIT DROP AS
SELECT DISTINCT ON (a.id, s.barrier) a.id AS account_id, s.barrier, s.side, s.row
FROM staged s JOIN accounts_account a USING (customer_number)
WHERE s.barrier <> '' AND s.side <> '' ORDER BY a.id, s.barrier, s.row DESC;
INSERT INTO accounts_barrier (name, reason) SELECT DISTINCT barrier, '' FROM sides ON CONFLICT (name) DO NOTHING;
INSERT INTO accounts_barrierside (barrier_id, name)
SELECT DISTINCT b.id, s.side FROM sides s JOIN accounts_barrier b ON b.name = s.barrier
ON CONFLICT (barrier_id, name) DO NOTHING;
CREATE TEMP TABLE barriers_changed ON COMMIT DROP AS
WITH made AS (
    INSERT INTO accounts_barriermember (barrier_id, side_id, account_id)
    SELECT b.id, d.id, s.account_id FROM sides s
    JOIN accounts_barrier b ON b.name = s.barrier JOIN accounts_barrierside d ON d.barrier_id = b.id AND d.name = s.side
    ON CONFLICT (barrier_id, account_id) DO UPDATE SET side_id = excluded.side_id
        WHERE accounts_barriermember.side_id <> excluded.side_id
    RETURNING account_id, side_id
) SELECT * FROM made;
