-- Byte streams outside the log: one row a stream, which appends lock, and its bytes in chunks.
CREATE TABLE krate.blob (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text COLLATE "C" NOT NULL UNIQUE,
  length bigint NOT NULL CHECK (length > 0)
) WITH (fillfactor = 50, autovacuum_vacuum_threshold = 1000);

CREATE TABLE krate.blob_chunk (
  blob bigint NOT NULL,
  start bigint NOT NULL CHECK (start >= 0),
  content bytea NOT NULL,
  PRIMARY KEY (blob, start)
);

-- Neither compressed, which costs the time of whoever waits, nor fetched whole to read a part.
ALTER TABLE krate.blob_chunk ALTER COLUMN content SET STORAGE EXTERNAL;
