-- Who is alive: a row for each holder, until when by the clock of this database.
CREATE TABLE krate.lease (
  holder text COLLATE "C" PRIMARY KEY,
  ends timestamptz NOT NULL
);
