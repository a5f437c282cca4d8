-- One row a job. A quota is the count of charged rows in its window; there is no other ledger.
-- Every number is a BIGINT (snowflakes fill 64 bits; times are milliseconds since 1970, UTC), and
-- a truth is 0 or 1, so that PostgreSQL reads the same statements as SQLite.
CREATE TABLE jobs (
    -- The interaction that asked.
    id BIGINT NOT NULL PRIMARY KEY,
    requester BIGINT NOT NULL,
    guild BIGINT,
    channel BIGINT NOT NULL,
    application BIGINT NOT NULL,
    prompt TEXT NOT NULL,
    -- In which round of turns it leaves the line.
    round BIGINT NOT NULL,

    -- Ways to the message. The token is forgotten once the job is settled.
    reach TEXT NOT NULL,
    token TEXT,
    message BIGINT,

    -- How far it is. open: without an outcome; settled: nothing is left to do. Both follow from
    -- the state and the delivery, and are columns so that an index can hold the few such rows.
    state TEXT NOT NULL,
    delivery TEXT NOT NULL,
    open BIGINT NOT NULL,
    settled BIGINT NOT NULL,

    -- What it takes from the quotas (full, key or none), dated by the interaction.
    charge TEXT NOT NULL,
    charged_at BIGINT NOT NULL,

    -- While it runs.
    whisul_job TEXT,
    poll_url TEXT,
    running_since BIGINT,

    -- When it is completed. tags: a JSON array of strings.
    title TEXT,
    bpm DOUBLE PRECISION,
    length_seconds BIGINT,
    tags TEXT,
    song_url TEXT,
    image_url TEXT,
    took_millis BIGINT,

    -- When it failed.
    failure TEXT,
    failure_reason TEXT
);

CREATE INDEX jobs_of_requester ON jobs (requester, charged_at);
CREATE INDEX jobs_of_guild ON jobs (guild, charged_at);
CREATE INDEX jobs_by_charge ON jobs (charged_at);
CREATE INDEX jobs_open ON jobs (requester) WHERE open = 1;
CREATE INDEX jobs_unsettled ON jobs (id) WHERE settled = 0;
