-- The live table of contents of an account: shared sections in their order, then local ones. Pages are counted as the
-- reader sees them. %(kinds)s is what the reader acts as there.
WITH live AS (
    SELECT id FROM channels_app_contentsversion WHERE published_at IS NOT NULL ORDER BY number DESC LIMIT 1
), sections AS (
    SELECT l.section_id, l.position AS place, l.position AS number,
        CASE WHEN %(language)s = 'en' THEN l.name_en ELSE l.name_fi END AS name,
        CASE WHEN %(language)s = 'en' THEN l.purpose_en ELSE l.purpose_fi END AS purpose, l.review_days
    FROM channels_app_contentsline l JOIN live ON live.id = l.version_id
    UNION ALL
    SELECT id, 1000 + local_place, NULL, local_name, '', NULL
    FROM channels_app_section WHERE account_id = %(account)s AND removed_at IS NULL
), pages AS (
    SELECT p.section_id, count(*) AS pages, count(*) FILTER (
        WHERE p.checked_on + coalesce(p.review_days, s.review_days) <= %(day)s) AS overdue,
        count(coalesce(p.review_days, s.review_days)) AS asked
    FROM channels_app_page p JOIN sections s ON s.section_id = p.section_id
    WHERE p.account_id = %(account)s AND p.removed_at IS NULL
        AND (p.audience IS NULL OR p.audience && %(kinds)s::varchar[])
    GROUP BY p.section_id
)
SELECT s.section_id, sec.kind, sec.key, s.number, s.name, s.purpose, s.review_days, t.unused_because, t."limit",
    coalesce(p.pages, 0), coalesce(p.overdue, 0), coalesce(p.asked, 0)
FROM sections s
JOIN channels_app_section sec ON sec.id = s.section_id
LEFT JOIN channels_app_sectionsetting t ON t.account_id = %(account)s AND t.section_id = s.section_id
LEFT JOIN pages p ON p.section_id = s.section_id
ORDER BY s.place
