-- A quota is checked within an index alone: whether a job counts is read from it, not from the job's row.
DROP INDEX jobs_of_requester;
DROP INDEX jobs_of_guild;
DROP INDEX jobs_by_charge;
CREATE INDEX jobs_of_requester ON jobs (requester, charged_at, charge, grant_id);
CREATE INDEX jobs_of_guild ON jobs (guild, charged_at, charge);
CREATE INDEX jobs_by_charge ON jobs (charged_at, charge);
