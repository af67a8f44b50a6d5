-- Collects the forecast's lines, by the ids of what they are about.
CREATE TEMP TABLE lines (
    section text, account_id bigint, person_id bigint, site_id bigint, day date, row integer, data jsonb DEFAULT '{}'
) ON COMMIT DROP;
