-- One row: the lock of the log, its newest revision, and the newest that was discarded.
CREATE TABLE krate.log (
  id smallint PRIMARY KEY CHECK (id = 1),
  revision bigint NOT NULL CHECK (revision >= floor),
  floor bigint NOT NULL CHECK (floor >= 0)
) WITH (fillfactor = 10, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0);

INSERT INTO krate.log (id, revision, floor) VALUES (1, 0, 0);

-- What each committer committed last, so that it can find out after its connection broke.
CREATE TABLE krate.committer (
  id uuid PRIMARY KEY,
  batch bigint NOT NULL,
  seen timestamptz NOT NULL
) WITH (fillfactor = 10, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0);

CREATE TABLE krate.object (
  api_group text COLLATE "C" NOT NULL,
  resource text COLLATE "C" NOT NULL,
  namespace text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  revision bigint NOT NULL,
  content bytea NOT NULL,
  storage_version text NOT NULL,
  key_id text,
  PRIMARY KEY (api_group, resource, namespace, name)
);

CREATE TABLE krate.ref (
  repository uuid NOT NULL,
  name text COLLATE "C" NOT NULL,
  target text NOT NULL,
  PRIMARY KEY (repository, name)
);

CREATE TABLE krate.counter (
  name text COLLATE "C" PRIMARY KEY,
  value bigint NOT NULL CHECK (value >= 0)
) WITH (fillfactor = 50);

CREATE TABLE krate.stream (
  name text COLLATE "C" PRIMARY KEY,
  hash text NOT NULL
) WITH (fillfactor = 10);

-- type: 1 created, 2 updated, 3 deleted, 4 ref moved; time in microseconds since 1970.
CREATE TABLE krate.change (
  revision bigint NOT NULL,
  time bigint NOT NULL,
  actor text NOT NULL,
  type smallint NOT NULL,
  api_group text COLLATE "C",
  resource text COLLATE "C",
  namespace text COLLATE "C",
  name text COLLATE "C",
  content bytea,
  storage_version text,
  key_id text,
  previous_revision bigint,
  previous_content bytea,
  previous_storage_version text,
  previous_key_id text,
  repository uuid,
  ref_old text,
  ref_target text,
  PRIMARY KEY (revision)
) PARTITION BY RANGE (revision);

-- For lists as of an older revision: what happened to a collection since.
CREATE INDEX change_collection ON krate.change (api_group, resource, revision);

-- The partitions of change: each holds the revisions from first to last, both included.
CREATE TABLE krate.segment (
  first bigint PRIMARY KEY,
  last bigint NOT NULL CHECK (last >= first)
);
