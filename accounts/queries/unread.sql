-- How many notices a person has not read, of those they see today (Notice.objects.visible_to says the same); counted
-- no further than what is shown. Asked by every open page each minute: one index of the unread, one of the grants.
SELECT count(*) FROM (
    SELECT FROM accounts_notice n
    WHERE n.person_id = %(person)s::bigint AND n.read_at IS NULL AND (n.account_id IS NULL OR EXISTS (
        SELECT FROM accounts_accessgrant g
        WHERE g.person_id = n.person_id AND g.account_id = n.account_id AND g.ends >= %(day)s::date AND g.starts <= %(day)s::date
            AND NOT g.blocked AND (n.audience IS NULL OR g.acts_as = ANY (n.audience))))
    LIMIT %(most)s::bigint
) seen
