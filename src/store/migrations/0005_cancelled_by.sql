-- Who cancelled a song: 'requester', 'owner', 'deletion' (its message was deleted) or the id of a
-- moderator. Their reason is in failure_reason. NULL in rows that are older than this step: the
-- requester.
ALTER TABLE jobs ADD COLUMN cancelled_by TEXT;
