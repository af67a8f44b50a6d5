-- Whom messages ask something of (docs/decisions/0012): who sees the account and the message today and matches the
-- aim, without the author. A row for each message (of `asks`) and person. `seeing` are the kinds of access that the
-- message is for, null for all; `only` keeps the people of the pairs of accounts and people that are given.
WITH RECURSIVE asks (id, account_id, author_id, seeing, roles, areas, sites, own_people) AS (
    {asks}
), here AS MATERIALIZED (
    SELECT DISTINCT a.id, p.site_id
    FROM asks a JOIN accounts_placement p ON p.account_id = a.account_id AND (p.period @> %(day)s::date) IS TRUE
    WHERE cardinality(a.roles) > 0 OR cardinality(a.sites) > 0
), answers AS MATERIALIZED (
    SELECT h.id, t.site_id, t.person_id, t.role
    FROM here h JOIN accounts_assignment t ON t.site_id = h.site_id
    WHERE (t.period @> %(day)s::date) IS TRUE
), meant (id, person_id) AS (
    -- whoever answers for one of the sites, and everybody above them; UNION ends a walk that goes round in a circle
    SELECT w.id, w.person_id FROM answers w JOIN asks a ON a.id = w.id WHERE w.site_id = ANY (a.sites)
    UNION
    SELECT m.id, p.superior_id FROM meant m JOIN accounts_person p ON p.id = m.person_id WHERE p.superior_id IS NOT NULL
), own (id, person_id) AS (
    SELECT a.id, p.id FROM asks a JOIN accounts_person p ON p.superior_id = a.author_id WHERE a.own_people
    UNION
    SELECT o.id, p.id FROM own o JOIN accounts_person p ON p.superior_id = o.person_id
), seen AS (
    SELECT DISTINCT a.id, g.person_id
    FROM asks a JOIN accounts_accessgrant g ON g.account_id = a.account_id
        AND g.starts <= %(day)s AND g.ends >= %(day)s AND NOT g.blocked
        AND (a.seeing IS NULL OR g.acts_as = ANY (a.seeing))
        -- The management group sees a hundred accounts: it reads them, and is asked only by what is for it alone.
        AND (g.acts_as <> 'management' OR (a.seeing::text[] <@ ARRAY['director', 'management']) IS TRUE)
    WHERE g.person_id <> a.author_id
        AND (NOT %(only)s OR (g.account_id, g.person_id) IN (
            SELECT * FROM unnest(%(only_accounts)s::bigint[], %(only_people)s::bigint[])))
)
SELECT s.id AS message_id, s.person_id
FROM seen s
JOIN asks a ON a.id = s.id
JOIN accounts_person p ON p.id = s.person_id
WHERE (cardinality(a.roles) = 0
        OR EXISTS (SELECT FROM answers w WHERE w.id = s.id AND w.person_id = s.person_id AND w.role = ANY (a.roles))
        OR EXISTS (SELECT FROM accounts_titlerole t WHERE t.title = lower(btrim(p.title)) AND t.role = ANY (a.roles)))
    AND (cardinality(a.areas) = 0 AND cardinality(a.sites) = 0
        OR p.area_id = ANY (a.areas)
        OR EXISTS (SELECT FROM meant m WHERE m.id = s.id AND m.person_id = s.person_id))
    AND (NOT a.own_people OR EXISTS (SELECT FROM own o WHERE o.id = s.id AND o.person_id = s.person_id))
