SELECT l.section, row_number() OVER (PARTITION BY l.section
        ORDER BY a.name_key, p.name_key, p.employee_number, s.name_key, l.day, l.row)::integer AS position,
    coalesce(a.customer_number, '') AS account_number, coalesce(a.name, '') AS account_name,
    coalesce(p.employee_number, '') AS employee_number,
    coalesce(btrim(p.first_name || ' ' || p.last_name), '') AS person_name,
    coalesce(s.number, '') AS site_number, coalesce(s.name, '') AS site_name, l.day, l.row, l.data
FROM lines l
LEFT JOIN accounts_account a ON a.id = l.account_id
LEFT JOIN accounts_person p ON p.id = l.person_id
LEFT JOIN accounts_site s ON s.id = l.site_id
