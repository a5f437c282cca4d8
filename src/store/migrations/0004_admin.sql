-- What admins do with commands: one row an act. What is in force is what these rows say; there are
-- no other lists of blocks, grants or settings. A number that names nobody is 0: a scope of 0 is
-- everywhere, a person of 0 is nobody.
CREATE TABLE acts (
    -- The interaction with which it was done: also when.
    id BIGINT NOT NULL PRIMARY KEY,
    admin BIGINT NOT NULL,
    -- The server in which it was done, and where it holds.
    guild BIGINT NOT NULL,
    scope BIGINT NOT NULL,

    -- What it is about, whether it ends what an earlier act began, whom it concerns, and a quota,
    -- a word, a number of songs or the id of a job.
    topic TEXT NOT NULL,
    ends BIGINT NOT NULL,
    person BIGINT NOT NULL,
    value TEXT NOT NULL,
    -- When a grant expires.
    until BIGINT,
    reason TEXT,
    done_at BIGINT NOT NULL,

    -- Whether it stands: a later act about the same has not taken its place.
    in_force BIGINT NOT NULL
);

CREATE INDEX acts_in_force ON acts (scope, person, topic) WHERE in_force = 1;
CREATE INDEX acts_of_scope ON acts (scope, id);
CREATE INDEX acts_by_age ON acts (done_at);

-- The grant that pays for a job, if the requester's quota does not.
ALTER TABLE jobs ADD COLUMN grant_id BIGINT;
CREATE INDEX jobs_of_grant ON jobs (grant_id) WHERE grant_id IS NOT NULL;

-- Who waits and runs in a server.
CREATE INDEX jobs_open_of_guild ON jobs (guild) WHERE open = 1;
