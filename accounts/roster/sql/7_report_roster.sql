-- What a roster changed besides access: sites, assignments, and what needs somebody's eyes.

INSERT INTO lines (section, account_id, data)
SELECT 'accounts_new', id, '{}' FROM new_accounts;

INSERT INTO lines (section, row, data)
SELECT 'unknown_customers', min(row), jsonb_build_object('customer_number', customer_number,
    'customer_name', max(customer_name), 'rows', count(*), 'sites', count(DISTINCT site_number))
FROM accounts_stagedrow s
WHERE roster_import_id = %(import)s
  AND NOT EXISTS (SELECT FROM accounts_account a WHERE a.customer_number = s.customer_number)
GROUP BY customer_number;

INSERT INTO lines (section, site_id, row, data)
SELECT 'frozen_sites', s.id, f.row, jsonb_build_object('site', f.site_number, 'code', f.code)
FROM frozen f LEFT JOIN accounts_site s ON s.number = f.site_number;

INSERT INTO lines (section, account_id, site_id, day, row)
SELECT 'sites_opened', account_id, site_id, lower(after), row
FROM placement_plan WHERE id IS NULL AND moved_from IS NULL;

INSERT INTO lines (section, account_id, site_id, day, row)
SELECT 'sites_closed', account_id, site_id, %(date)s - 1, NULL
FROM placement_plan p WHERE NOT EXISTS (SELECT FROM named_sites n WHERE n.site_id = p.site_id);

INSERT INTO lines (section, account_id, site_id, day, row, data)
SELECT 'sites_moved', p.account_id, p.site_id, lower(p.after), p.row, jsonb_build_object(
    'from_account', a.name, 'to_account', b.name, 'from_area', x.name, 'to_area', y.name)
FROM placement_plan p
JOIN accounts_account a ON a.id = p.old_account_id JOIN accounts_account b ON b.id = p.account_id
LEFT JOIN accounts_area x ON x.id = p.old_area_id LEFT JOIN accounts_area y ON y.id = p.area_id
WHERE p.moved_from IS NOT NULL;

INSERT INTO lines (section, account_id, site_id, row, data)
SELECT 'sites_changed', n.account_id, s.id, c.row, jsonb_build_object(
    'before', c.before - 'id' - 'name_key' - 'number',
    'after', jsonb_build_object('name', s.name, 'street_address', s.street_address, 'postal_code', s.postal_code,
        'city', s.city))
FROM sites_changed c JOIN accounts_site s USING (id) LEFT JOIN named_sites n ON n.site_id = s.id;

CREATE TEMP TABLE latest_placement ON COMMIT DROP AS
SELECT DISTINCT ON (site_id) site_id, account_id FROM accounts_placement
ORDER BY site_id, lower(period) DESC NULLS LAST;
ANALYZE latest_placement;
INSERT INTO lines (section, account_id, person_id, site_id, day, row, data)
SELECT 'assignments_started', p.account_id, a.person_id, a.site_id, lower(a.after), a.row,
    CASE WHEN upper_inf(a.after) THEN jsonb_build_object('role', a.role, 'from', lower(a.after))
         ELSE jsonb_build_object('role', a.role, 'from', lower(a.after), 'until', upper(a.after) - 1) END
FROM assignment_plan a LEFT JOIN latest_placement p USING (site_id)
WHERE a.before IS NULL;
INSERT INTO lines (section, account_id, person_id, site_id, day, row, data)
SELECT CASE WHEN isempty(a.after) OR (upper_inf(a.before) OR upper(a.before) > %(date)s)
                 AND upper(a.after) <= %(date)s THEN 'assignments_ended'
            ELSE 'assignments_changed' END,
    p.account_id, a.person_id, a.site_id, upper(a.after) - 1, a.row,
    jsonb_strip_nulls(jsonb_build_object('role', a.role,
        'before_from', lower(a.before), 'before_until', upper(a.before) - 1,
        'from', lower(a.after), 'until', upper(a.after) - 1))
FROM assignment_plan a LEFT JOIN latest_placement p USING (site_id)
WHERE a.before IS NOT NULL;

-- whoever answered for something and no longer answers for anything
INSERT INTO lines (section, person_id, day)
SELECT DISTINCT 'people_gone', b.person_id, %(date)s - 1 FROM answering_before b
WHERE NOT EXISTS (SELECT FROM accounts_assignment a WHERE a.person_id = b.person_id
                  AND NOT isempty(a.period) AND a.period && daterange(%(date)s, NULL));

-- open sites for which nobody answers on the file's date, that had somebody or are new
INSERT INTO lines (section, account_id, site_id, day)
SELECT 'left_without', p.account_id, p.site_id, %(date)s FROM accounts_placement p
WHERE p.period @> %(date)s
  AND (p.site_id IN (SELECT site_id FROM answering_before) OR p.created_by_id = %(import)s)
  AND NOT EXISTS (SELECT FROM accounts_assignment a WHERE a.site_id = p.site_id AND NOT isempty(a.period)
                  AND a.period && daterange(%(date)s, NULL));
