-- The account's director (0), deputy (1), and the directors (2) of the areas, who work here on the day.
SELECT p.id, p.first_name, p.last_name, p.phone, p.email, r.name, min(c.place)
FROM (
    SELECT person_id, CASE post WHEN 'director' THEN 0 ELSE 1 END AS place
    FROM accounts_directorship WHERE account_id = %(account)s AND period @> %(day)s::date
    UNION ALL
    SELECT p.id, 2 FROM accounts_person p
    JOIN accounts_titlerole t ON t.title = lower(btrim(p.title)) AND t.role = 'area_director'
    WHERE p.area_id = ANY (%(areas)s)
) c
JOIN accounts_person p ON p.id = c.person_id
LEFT JOIN accounts_area r ON r.id = p.area_id
WHERE p.left_on IS NULL OR p.left_on >= %(day)s
GROUP BY p.id, r.id
ORDER BY min(c.place), r.name_key, p.name_key
