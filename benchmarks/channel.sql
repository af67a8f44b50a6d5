-- A company with its channels full. `sentence` (n from 0, text, lexemes) and `rare` (n from 0, word) have been filled.
INSERT INTO accounts_account (customer_number, name, industry, listed)
SELECT lpad((30000 + n)::text, 6, '0'), 'Asiakas ' || n || ' Oy', 'Koulut', TRUE FROM generate_series(0, %(accounts)s - 1) n;

INSERT INTO accounts_person (employee_number, last_name, first_name, email, phone, title, in_people_file, is_administrator)
SELECT lpad((100000 + n)::text, 7, '0'), 'Sukunimi' || n, 'Etunimi' || n %% 97, 'p' || n || '@yritysx.example', '+358 40 1',
       CASE WHEN n < 45 THEN 'asiakkuusjohtaja' ELSE 'esimies' END, TRUE, FALSE
FROM generate_series(0, %(people)s - 1) n;

INSERT INTO accounts_site (number, name, street_address, postal_code, city)
SELECT lpad(n::text, 5, '0'), 'Kohde ' || n, 'Katu ' || n %% 300, '40100', 'Jyväskylä' FROM generate_series(0, %(accounts)s * 40 - 1) n;

CREATE TEMP TABLE account AS SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM accounts_account;
CREATE TEMP TABLE person AS SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM accounts_person;
CREATE TEMP TABLE site AS SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM accounts_site;

-- Twelve in the management group, a director for fifteen accounts, five people at each site, ten sites a person.
INSERT INTO accounts_managementmembership (person_id, period) SELECT id, daterange('2020-01-01', NULL) FROM person WHERE n < 12;
INSERT INTO accounts_directorship (account_id, person_id, post, period)
SELECT a.id, p.id, 'director', daterange('2020-01-01', NULL) FROM account a JOIN person p ON p.n = 12 + a.n / 15;
INSERT INTO accounts_placement (site_id, account_id, period)
SELECT s.id, a.id, daterange('2020-01-01', NULL) FROM site s JOIN account a ON a.n = s.n %% %(accounts)s;
INSERT INTO accounts_assignment (site_id, person_id, role, period)
SELECT DISTINCT s.id, p.id, 'supervisor', daterange('2020-01-01', NULL)
FROM site s CROSS JOIN generate_series(0, 4) k JOIN person p ON p.n = 50 + (s.n / 5 * 5 + k) %% (%(people)s - 50);

-- Fourteen sentences a page, and on each 499th one of the rare words; of an account every fifth is a memo, every tenth is limited.
CREATE TEMP TABLE written AS
SELECT n, array_agg(((n::bigint * 7919 + k * 104729 + (n %% 977) * k * 31) %% (SELECT count(*) FROM sentence))::int) AS sentences,
       CASE WHEN n %% 499 = 0 THEN (SELECT word FROM rare WHERE rare.n = p.n / 499 %% (SELECT count(*) FROM rare)) END AS extra
FROM generate_series(0, %(pages)s - 1) p(n) CROSS JOIN generate_series(1, 14) k GROUP BY n;
ANALYZE written;

INSERT INTO channels_app_page (account_id, section_id, title, body, number, "limit", position, author_id, created_at,
                               changed_by_id, changed_at, checked_by_id, checked_on)
SELECT a.id, CASE WHEN w.n / %(accounts)s %% 5 = 4 THEN memos.id ELSE working.id END, left(first.text, 60),
       (SELECT string_agg('<p>' || text || '</p>', '') FROM sentence WHERE n = ANY(w.sentences)) || coalesce('<p>' || w.extra || '</p>', ''),
       10, CASE WHEN w.n / %(accounts)s %% 10 = 3 THEN ARRAY['superior'] END, w.n, p.id, now() - interval '2 years', p.id,
       now() - (w.n %% 730) * interval '1 day', p.id, current_date - (w.n * 37 %% 200)::int
FROM written w JOIN account a ON a.n = w.n %% %(accounts)s JOIN person p ON p.n = w.n %% %(people)s
JOIN sentence first ON first.n = w.sentences[1]
JOIN channels_app_section memos ON memos.key = 'memos' JOIN channels_app_section working ON working.key = 'working'
ORDER BY w.n;

INSERT INTO channels_app_memo (page_id, held_on, meeting, place, others, next_place, next_sequence)
SELECT p.id, p.changed_at::date, 'team', '', '', '', 0
FROM channels_app_page p JOIN channels_app_section s ON s.id = p.section_id WHERE s.key = 'memos';

INSERT INTO channels_app_revision (page_id, number, title, body, note, author_id, saved_at, audience)
SELECT p.id, n, p.title, left(p.body, 200), '', p.author_id, p.created_at + n * interval '1 day', p.audience
FROM channels_app_page p CROSS JOIN generate_series(1, 10) n;

-- What accounts/finding.py writes, for all of them at once.
DROP INDEX search_words;
INSERT INTO accounts_searchentry (kind, object_id, account_id, path, title, text, audience, changed_at, changed_by_id, words)
SELECT CASE WHEN s.key = 'memos' THEN 'memo' ELSE 'page' END, p.id, p.account_id,
       '/accounts/' || a.customer_number || CASE WHEN s.key = 'memos' THEN '/memos/' ELSE '/pages/' END || p.id || '/',
       p.title, (SELECT string_agg(text, E'\n') FROM sentence WHERE n = ANY(w.sentences)) || coalesce(E'\n' || w.extra, ''),
       p.audience, p.changed_at, p.changed_by_id,
       array_to_tsvector(ARRAY(
           SELECT scope || ':' || word
           FROM unnest(CASE WHEN p.audience IS NULL THEN ARRAY[p.account_id::text] ELSE ARRAY[p.account_id || '.above', p.account_id || '.superior'] END) scope
           CROSS JOIN (SELECT unnest(lexemes) FROM sentence WHERE n = ANY(w.sentences) UNION ALL SELECT unnest(lexemes) FROM rare WHERE word = w.extra
                       UNION ALL SELECT unnest(lexemes) FROM title WHERE title.n = w.sentences[1]) found(word)
           UNION ALL
           SELECT scope || '=' || word
           FROM unnest(CASE WHEN p.audience IS NULL THEN ARRAY[p.account_id::text] ELSE ARRAY[p.account_id || '.above', p.account_id || '.superior'] END) scope
           CROSS JOIN (SELECT unnest(lexemes) FROM title WHERE title.n = w.sentences[1]) found(word)
       ))
FROM channels_app_page p JOIN written w ON w.n = p.position JOIN accounts_account a ON a.id = p.account_id
JOIN channels_app_section s ON s.id = p.section_id;
CREATE INDEX search_words ON accounts_searchentry USING gin (words) WITH (fastupdate = off)
