-- The job whose message's button asked for this one.
ALTER TABLE jobs ADD COLUMN origin BIGINT;
