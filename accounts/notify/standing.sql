-- What is in the way of each claimed delivery at this moment; nothing when it may leave to the address that it has.
-- A notice is seen by whoever sees its account, and acts there as one of those whom its thing is limited to.
SELECT d.id, CASE
    WHEN d.account_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM accounts_accessgrant g
        WHERE g.person_id = d.person_id AND g.account_id = d.account_id
            AND g.starts <= %(day)s::date AND g.ends >= %(day)s::date AND NOT g.blocked
    ) THEN 'The person may not see the account any more.'
    WHEN n.audience IS NOT NULL AND NOT EXISTS (
        SELECT FROM accounts_accessgrant g
        WHERE g.person_id = d.person_id AND g.account_id = n.account_id
            AND g.starts <= %(day)s::date AND g.ends >= %(day)s::date AND NOT g.blocked AND g.acts_as = ANY (n.audience)
    ) THEN 'The person may not see what it is about any more.'
    WHEN NOT coalesce(u.is_active, TRUE) THEN 'The person''s login is shut.'
    WHEN d.channel = 'push' AND s.user_id IS DISTINCT FROM u.id THEN 'The telephone is not the person''s any more.'
    WHEN d.channel = 'mail' AND p.email = '' THEN 'The person has no e-mail address.'
    ELSE ''
END AS obstacle, p.email
FROM accounts_delivery d
JOIN accounts_person p ON p.id = d.person_id
LEFT JOIN accounts_user u ON u.person_id = d.person_id
LEFT JOIN accounts_notice n ON n.id = d.notice_id
LEFT JOIN accounts_pushsubscription s ON s.id = d.subscription_id
WHERE d.id = ANY (%(ids)s::bigint[]) AND d.state = 'sending'
    AND d.lease_until > clock_timestamp() + %(left)s::int * interval '1 second'
