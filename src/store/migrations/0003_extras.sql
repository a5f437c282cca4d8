-- What a requester still gets once the outcome is delivered, and what it takes to give it.
-- Jobs that are older than this step take Discord's smallest limit of a file's size.
ALTER TABLE jobs ADD COLUMN attachment_limit BIGINT NOT NULL DEFAULT 10485760;
-- Where the message stands that shows the outcome.
ALTER TABLE jobs ADD COLUMN message_channel BIGINT;
ALTER TABLE jobs ADD COLUMN owes_notice BIGINT NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN owes_files BIGINT NOT NULL DEFAULT 0;

-- What people have chosen for themselves. Who has chosen nothing has no row.
CREATE TABLE people (
    id BIGINT NOT NULL PRIMARY KEY,
    -- Whether to tell them when a song is ready.
    notify BIGINT NOT NULL
);
