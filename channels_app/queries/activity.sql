-- Who helped in the channels of some accounts between two moments, and the sums of each account. Whoever stays out of it
-- is left out of both.
WITH deed AS (
    -- Answers that somebody else than their author said are right.
    SELECT r.author_id AS person_id, m.account_id, count(*) AS answers, 0 AS pages, 0 AS acknowledged
    FROM channels_app_message m JOIN channels_app_reply r ON r.id = m.right_reply_id
    WHERE m.account_id = ANY (%(accounts)s) AND m.right_at >= %(begins)s AND m.right_at < %(ends)s
        AND m.right_by_id <> r.author_id AND r.removed_at IS NULL AND m.withdrawn_at IS NULL
    GROUP BY r.author_id, m.account_id
    UNION ALL
    -- Pages that were checked before their day had passed, each once a year, however often it was saved.
    SELECT c.person_id, p.account_id, 0, count(DISTINCT c.page_id), 0
    FROM channels_app_page p JOIN channels_app_pagecheck c ON c.page_id = p.id
    WHERE p.account_id = ANY (%(accounts)s) AND c.in_time AND c."on" >= %(first_day)s AND c."on" <= %(last_day)s
    GROUP BY c.person_id, p.account_id
    UNION ALL
    -- Acknowledgements in time, of whoever gave them.
    SELECT coalesce(r.acknowledged_by_id, r.person_id), m.account_id, 0, 0, count(*)
    FROM channels_app_message m JOIN channels_app_messagerecipient r ON r.message_id = m.id
    WHERE m.account_id = ANY (%(accounts)s) AND m.kind = 'urgent' AND m.published_at IS NOT NULL
        AND r.acknowledged_at >= %(begins)s AND r.acknowledged_at < %(ends)s
        AND r.acknowledged_at <= m.acknowledge_by AND r.acknowledged_number >= m.asked_number
    GROUP BY coalesce(r.acknowledged_by_id, r.person_id), m.account_id
), counted AS (
    SELECT d.* FROM deed d JOIN accounts_person p ON p.id = d.person_id WHERE NOT p.outside_activity
), summed AS (
    SELECT person_id, account_id, sum(answers) AS answers, sum(pages) AS pages, sum(acknowledged) AS acknowledged,
        count(DISTINCT person_id) AS people, count(DISTINCT account_id) AS accounts
    FROM counted GROUP BY GROUPING SETS ((person_id), (account_id))
)
SELECT s.person_id, s.account_id, coalesce(p.first_name || ' ' || p.last_name, ''), coalesce(p.title, ''),
    coalesce(r.name, ''), coalesce(a.customer_number, ''), coalesce(a.name, ''), s.answers::int, s.pages::int,
    s.acknowledged::int, s.people, s.accounts
FROM summed s
LEFT JOIN accounts_person p ON p.id = s.person_id
LEFT JOIN accounts_area r ON r.id = p.area_id
LEFT JOIN accounts_account a ON a.id = s.account_id
ORDER BY s.person_id IS NULL, s.answers DESC, s.pages DESC, s.acknowledged DESC, p.name_key, a.name_key, s.person_id
