INSERT INTO lines (section, account_id, row) SELECT 'accounts_new', id, row FROM accounts_new;
INSERT INTO lines (section, account_id, row, data)
SELECT 'accounts_changed', id, row, jsonb_build_object(
    'before', jsonb_build_object('name', old_name, 'industry', old_industry),
    'after', jsonb_build_object('name', name, 'industry', industry)) FROM accounts_changed;
INSERT INTO lines (section, account_id, row, data)
SELECT 'contracts_new', account_id, row, jsonb_strip_nulls(jsonb_build_object('contract', number,
    'from', lower(period), 'until', upper(period) - 1)) FROM contracts_new;
INSERT INTO lines (section, account_id, row, data)
SELECT 'contracts_changed', account_id, row, jsonb_strip_nulls(jsonb_build_object('contract', number,
    'from', lower(period), 'until', upper(period) - 1)) FROM contracts_changed;
INSERT INTO lines (section, account_id, person_id, row, data)
SELECT 'directors_changed', n.account_id, n.person_id, p.row, jsonb_strip_nulls(jsonb_build_object('post', n.post,
    'before', o.first_name || ' ' || o.last_name))
FROM directors_new n JOIN posts p USING (account_id, post)
LEFT JOIN directors_changed c USING (account_id, post) LEFT JOIN accounts_person o ON o.id = c.person_id;
INSERT INTO lines (section, account_id, row, data)
SELECT 'directors_unknown', account_id, row, jsonb_build_object('post', post, 'employee_number', employee_number)
FROM posts WHERE person_id IS NULL;
INSERT INTO lines (section, account_id, data)
SELECT 'barriers_changed', c.account_id, jsonb_build_object('barrier', b.name, 'side', s.name)
FROM barriers_changed c JOIN accounts_barrierside s ON s.id = c.side_id JOIN accounts_barrier b ON b.id = s.barrier_id;
