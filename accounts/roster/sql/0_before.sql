-- How things stand before anything changes, for the forecast to compare with.

CREATE TEMP TABLE seen_before ON COMMIT DROP AS
SELECT account_id, person_id, range_agg(daterange(greatest(starts, %(date)s), ends, '[]')) AS days
FROM accounts_accessgrant WHERE NOT blocked AND ends >= %(date)s GROUP BY account_id, person_id;

CREATE TEMP TABLE conflicts_before ON COMMIT DROP AS
SELECT DISTINCT account_id, person_id FROM accounts_accessgrant WHERE blocked AND ends >= %(date)s;

CREATE TEMP TABLE counts_before ON COMMIT DROP AS
SELECT (SELECT count(*) FROM accounts_assignment WHERE period @> %(date)s) AS assignments,
       (SELECT count(*) FROM accounts_placement WHERE period @> %(date)s) AS sites,
       (SELECT count(*) FROM accounts_person WHERE in_people_file) AS people;

CREATE TEMP TABLE answering_before ON COMMIT DROP AS
SELECT DISTINCT person_id, site_id FROM accounts_assignment
WHERE period && daterange(%(date)s, NULL) AND NOT isempty(period);
