-- An account with 1,000 sites and the people who answer for them, in 25 areas, below 200 superiors, who are above two
-- more steps. An urgent message of the first person's to all the others but the director, told to each by mail.
INSERT INTO accounts_account (customer_number, name, industry, listed) VALUES ('030001', 'Asiakas Oy', 'Koulut', TRUE);

INSERT INTO accounts_area (code, name) SELECT n::text, 'Alue ' || n FROM generate_series(1, 25) n;

CREATE TEMP TABLE area AS SELECT id, row_number() OVER (ORDER BY id) AS no FROM accounts_area;

INSERT INTO accounts_person (employee_number, last_name, first_name, email, phone, title, area_id, in_people_file, is_administrator)
SELECT lpad(n::text, 7, '0'), 'Sukunimi' || n, 'Etunimi' || n %% 97, 'p' || n || '@yritysx.example', '+358 40 ' || n, 'esimies',
       a.id, TRUE, FALSE
FROM generate_series(1, %(people)s + 2) n JOIN area a ON a.no = 1 + n %% 25;

CREATE TEMP TABLE person AS SELECT id, employee_number::int AS n FROM accounts_person;

UPDATE accounts_person SET superior_id = s.id FROM person p, person s
WHERE p.id = accounts_person.id AND p.n > 12 AND s.n = CASE WHEN p.n > 212 THEN 13 + p.n %% 200 ELSE 3 + p.n %% 10 END;

INSERT INTO accounts_site (number, name, street_address, postal_code, city)
SELECT lpad(n::text, 5, '0'), 'Kohde ' || n, 'Katu 1', '40100', 'Jyväskylä' FROM generate_series(1, 1000) n;

INSERT INTO accounts_placement (site_id, account_id, area_id, period)
SELECT s.id, (SELECT id FROM accounts_account), a.id, daterange('2024-01-01', NULL)
FROM accounts_site s JOIN area a ON a.no = 1 + s.number::int %% 25;

INSERT INTO accounts_assignment (site_id, person_id, role, period)
SELECT s.id, p.id, 'supervisor', daterange('2024-01-01', NULL)
FROM person p JOIN accounts_site s ON s.number::int IN (1 + p.n %% 1000, 1 + (p.n + 500) %% 1000) WHERE p.n > 2;

INSERT INTO accounts_directorship (account_id, person_id, post, period)
SELECT (SELECT id FROM accounts_account), id, CASE n WHEN 1 THEN 'deputy' ELSE 'director' END, daterange('2024-01-01', NULL)
FROM person WHERE n <= 2;

INSERT INTO channels_app_message (account_id, section_id, kind, subject, body, number, author_id, created_at, published_at, changed_at,
    withdrawn_because, aim_roles, aim_areas, aim_sites, aim_own_people, acknowledge_by, critical, asked_number)
SELECT (SELECT id FROM accounts_account), s.id, 'urgent', 'Vesikatko keskiviikkona', '<p>Vesi on poikki.</p>', 1,
       (SELECT id FROM person WHERE n = 1), now() - interval '20 hours', now() - interval '20 hours', now() - interval '20 hours', '',
       '{}', '{}', '{}', FALSE, now() + interval '8 hours', FALSE, 1
FROM channels_app_section s WHERE s.key = 'announcements';

INSERT INTO channels_app_wording (message_id, number, subject, body, author_id, written_at, published_at, asks_again)
SELECT id, 1, subject, body, author_id, published_at, published_at, FALSE FROM channels_app_message;

INSERT INTO channels_app_messagerecipient (message_id, person_id, added_at, came_later, opened_at, acknowledged_at, acknowledged_number)
SELECT m.id, p.id, m.published_at, p.n %% 100 = 0,
       CASE WHEN p.n %% 2 = 0 THEN m.published_at + p.n %% 1181 * interval '1 minute' END,
       CASE WHEN p.n %% 5 < 2 THEN m.published_at + (1 + p.n %% 1181) * interval '1 minute' END, CASE WHEN p.n %% 5 < 2 THEN 1 ELSE 0 END
FROM channels_app_message m, person p WHERE p.n > 2;

INSERT INTO accounts_notice (key, person_id, account_id, kind, thing, object_id, title, path, created_at)
SELECT 'message:' || r.message_id || ':' || r.person_id, r.person_id, m.account_id, 'urgent', 'message', m.id, m.subject, '/', m.published_at
FROM channels_app_messagerecipient r JOIN channels_app_message m ON m.id = r.message_id;

INSERT INTO accounts_delivery (key, person_id, account_id, notice_id, template, context, state, attempts, created_at, sent_at, error, bounced_at)
SELECT 'mail:' || n.key, n.person_id, n.account_id, n.id, 'accounts/email/notice', '{}', CASE WHEN n.person_id %% 50 = 0 THEN 'failed' ELSE 'sent' END,
       1, n.created_at, n.created_at, '', CASE WHEN n.person_id %% 40 = 0 THEN now() END
FROM accounts_notice n
