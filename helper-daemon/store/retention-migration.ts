/**
 * Deleting for good. `session_retention`: days a session is kept after its last change, NULL for always. `ghosts`: deleted
 * sessions of which a fork still shares entries. `doomed_blobs` and `cleanup` are what a deletion leaves to be done after its
 * transaction, so that a crash in between forgets none of it; `is_stale` until the file has been written anew once, because
 * versions before this one left copies of rows in its free space.
 */
export const RETENTION = `
CREATE TABLE session_retention (session TEXT PRIMARY KEY, days INTEGER) STRICT, WITHOUT ROWID;
CREATE TABLE ghosts (session TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE doomed_blobs (blob TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE cleanup (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  is_due INTEGER NOT NULL,
  is_stale INTEGER NOT NULL
) STRICT;
INSERT INTO cleanup SELECT 1, 0, EXISTS (SELECT 1 FROM entries);
INSERT INTO words (words, rank) VALUES ('secure-delete', 1);
`;
