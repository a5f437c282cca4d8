-- Which version of the program brought the tables to which schema. An older program reads the latest
-- row of a newer database to say which version to run: this table and its columns stay for good.
CREATE TABLE schema_versions (
    schema BIGINT NOT NULL PRIMARY KEY,
    program TEXT NOT NULL
);
