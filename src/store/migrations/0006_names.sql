-- Names that other engineers know. A job is abandoned if its first response could not be given.
ALTER TABLE acts RENAME TO admin_actions;
DROP INDEX acts_in_force;
DROP INDEX acts_of_scope;
DROP INDEX acts_by_age;
CREATE INDEX admin_actions_in_force ON admin_actions (scope, person, topic) WHERE in_force = 1;
CREATE INDEX admin_actions_of_scope ON admin_actions (scope, id);
CREATE INDEX admin_actions_by_age ON admin_actions (done_at);
UPDATE admin_actions SET topic = 'cancel' WHERE topic = 'take_back';
UPDATE jobs SET state = 'abandoned' WHERE state = 'withdrawn';
ALTER TABLE jobs RENAME COLUMN reach TO access;
