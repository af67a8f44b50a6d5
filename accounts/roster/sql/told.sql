SELECT l.section, row_number() OVER (PARTITION BY l.section
        ORDER BY a.place, p.place, s.place, l.day, l.row)::integer AS position,
    coalesce(a.customer_number, '') AS account_number, coalesce(a.name, '') AS account_name,
    coalesce(p.employee_number, '') AS employee_number, coalesce(p.name, '') AS person_name,
    coalesce(s.number, '') AS site_number, coalesce(s.name, '') AS site_name, l.day, l.row, l.data
FROM lines l
LEFT JOIN (SELECT id, customer_number, name, row_number() OVER (ORDER BY name_key, id) AS place
           FROM accounts_account) a ON a.id = l.account_id
LEFT JOIN (SELECT id, employee_number, btrim(first_name || ' ' || last_name) AS name,
                  row_number() OVER (ORDER BY name_key, employee_number) AS place
           FROM accounts_person) p ON p.id = l.person_id
LEFT JOIN (SELECT id, number, name, row_number() OVER (ORDER BY name_key, number) AS place
           FROM accounts_site) s ON s.id = l.site_id
