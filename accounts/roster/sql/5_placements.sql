-- Where sites belong: opened, moved and closed (access.md, "Periods"). A placement begins with the earliest start among
-- the site's assignments that outlast the placement before it, and never before that one has ended.

CREATE TEMP TABLE open_placements ON COMMIT DROP AS
SELECT * FROM accounts_placement WHERE NOT isempty(period) AND upper_inf(period);
ANALYZE open_placements;

CREATE TEMP TABLE facts ON COMMIT DROP AS
WITH ended AS (
    SELECT site_id, max(upper(period)) AS before_ended FROM accounts_placement
    WHERE NOT isempty(period) AND NOT upper_inf(period) GROUP BY site_id
)
SELECT n.site_id, n.account_id, n.area_id, n.row, o.id, o.period,
    o.account_id AS old_account_id, o.area_id AS old_area_id,
    o.id IS NOT NULL AND (o.account_id, o.area_id) IS DISTINCT FROM (n.account_id, n.area_id) AS moves,
    -- of a site that moves before it ever opened, no placement has ended
    CASE WHEN (o.account_id, o.area_id) IS DISTINCT FROM (n.account_id, n.area_id)
              AND NOT isempty(o.period * daterange(NULL, %(date)s))
         THEN greatest(%(date)s, e.before_ended) ELSE e.before_ended END AS edge
FROM named_sites n LEFT JOIN open_placements o USING (site_id) LEFT JOIN ended e USING (site_id);
ANALYZE facts;

CREATE TEMP TABLE placement_plan ON COMMIT DROP AS
WITH earliest AS (
    SELECT f.site_id, min(lower(a.period)) AS day
    FROM facts f JOIN accounts_assignment a USING (site_id)
    WHERE NOT isempty(a.period) AND (f.edge IS NULL OR upper_inf(a.period) OR upper(a.period) > f.edge)
    GROUP BY f.site_id
)
SELECT CASE WHEN moves THEN NULL ELSE id END AS id, site_id, account_id, area_id, period AS before, row,
    old_account_id, old_area_id, CASE WHEN moves THEN id END AS moved_from,
    daterange(greatest(edge, coalesce(e.day, CASE WHEN NOT moves THEN lower(period) END, %(date)s)), NULL) AS after
FROM facts LEFT JOIN earliest e USING (site_id)
UNION ALL
SELECT o.id, o.site_id, o.account_id, o.area_id, o.period, NULL, o.account_id, o.area_id, NULL,
    o.period * daterange(NULL, %(date)s)
FROM open_placements o JOIN covered c USING (site_id)
WHERE NOT EXISTS (SELECT FROM named_sites n WHERE n.site_id = o.site_id);
DELETE FROM placement_plan WHERE id IS NOT NULL AND before = after;
ANALYZE placement_plan;

INSERT INTO accounts_rosterchange (roster_import_id, "table", object_id, before)
SELECT %(import)s, 'placement', p.id, jsonb_build_object('period', p.period)
FROM accounts_placement p
WHERE p.id IN (SELECT id FROM placement_plan UNION ALL SELECT moved_from FROM placement_plan);

UPDATE accounts_placement p SET period = p.period * daterange(NULL, %(date)s)
FROM placement_plan l WHERE l.moved_from = p.id;
UPDATE accounts_placement p SET period = l.after FROM placement_plan l WHERE l.id = p.id;
INSERT INTO accounts_placement (site_id, account_id, area_id, period, created_by_id)
SELECT site_id, account_id, area_id, after, %(import)s FROM placement_plan WHERE id IS NULL ORDER BY site_id;
