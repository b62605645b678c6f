import type { Migration } from './index.ts';

/** Uploads in parts, when a file was last of use, and how much a team keeps. */
export const files: Migration = {
  version: 80,
  name: 'files',
  sql: `
-- Of an announced file its announcing, then its upload, then each task that was submitted with it.
ALTER TABLE files ADD COLUMN used_at INTEGER NOT NULL DEFAULT 0;
UPDATE files SET used_at = COALESCE(uploaded_at, created_at);
CREATE INDEX files_by_use ON files (used_at);
CREATE INDEX files_by_object ON files (sha256) WHERE sha256 IS NOT NULL;
CREATE INDEX outputs_by_time ON outputs (created_at);
CREATE INDEX outputs_by_object ON outputs (sha256);

-- sha256 is set once the whole is known, before it gets its name: who ends an upload can be killed and go on.
CREATE TABLE uploads (
  id TEXT PRIMARY KEY, team_id TEXT NOT NULL REFERENCES teams(id) ON DELETE CASCADE, storage_key TEXT NOT NULL UNIQUE,
  size INTEGER NOT NULL, part_size INTEGER NOT NULL, sha256 TEXT,
  created_at INTEGER NOT NULL, touched_at INTEGER NOT NULL, completed_at INTEGER
) STRICT;
CREATE INDEX uploads_by_touch ON uploads (touched_at);
CREATE INDEX uploads_by_object ON uploads (sha256) WHERE sha256 IS NOT NULL;

CREATE TABLE upload_parts (
  upload_id TEXT NOT NULL REFERENCES uploads(id) ON DELETE CASCADE, number INTEGER NOT NULL, size INTEGER NOT NULL,
  etag TEXT NOT NULL, PRIMARY KEY (upload_id, number)
) STRICT;

-- Quotas are looked at with each upload: one row a team and kind, kept by triggers, so that nobody has to add up.
CREATE TABLE storage_counts (
  team_id TEXT NOT NULL, kind TEXT NOT NULL, bytes INTEGER NOT NULL, count INTEGER NOT NULL,
  PRIMARY KEY (team_id, kind)
) STRICT;
INSERT INTO storage_counts
  SELECT team_id, CASE WHEN sha256 IS NULL THEN 'uploads' ELSE 'inputs' END AS kind, SUM(announced_size), COUNT(*)
  FROM files GROUP BY 1, 2;
INSERT INTO storage_counts SELECT team_id, 'outputs', SUM(size), COUNT(*) FROM outputs GROUP BY team_id;
CREATE TRIGGER files_counted AFTER INSERT ON files BEGIN
  INSERT INTO storage_counts
    VALUES (NEW.team_id, CASE WHEN NEW.sha256 IS NULL THEN 'uploads' ELSE 'inputs' END, NEW.announced_size, 1)
    ON CONFLICT (team_id, kind) DO UPDATE SET bytes = bytes + excluded.bytes, count = count + 1;
END;
CREATE TRIGGER files_arrived AFTER UPDATE OF sha256 ON files WHEN OLD.sha256 IS NULL AND NEW.sha256 IS NOT NULL BEGIN
  UPDATE storage_counts SET bytes = bytes - OLD.announced_size, count = count - 1
    WHERE team_id = OLD.team_id AND kind = 'uploads';
  INSERT INTO storage_counts VALUES (NEW.team_id, 'inputs', NEW.announced_size, 1)
    ON CONFLICT (team_id, kind) DO UPDATE SET bytes = bytes + excluded.bytes, count = count + 1;
END;
CREATE TRIGGER files_uncounted AFTER DELETE ON files BEGIN
  UPDATE storage_counts SET bytes = bytes - OLD.announced_size, count = count - 1
    WHERE team_id = OLD.team_id AND kind = CASE WHEN OLD.sha256 IS NULL THEN 'uploads' ELSE 'inputs' END;
END;
CREATE TRIGGER outputs_counted AFTER INSERT ON outputs BEGIN
  INSERT INTO storage_counts VALUES (NEW.team_id, 'outputs', NEW.size, 1)
    ON CONFLICT (team_id, kind) DO UPDATE SET bytes = bytes + excluded.bytes, count = count + 1;
END;
CREATE TRIGGER outputs_uncounted AFTER DELETE ON outputs BEGIN
  UPDATE storage_counts SET bytes = bytes - OLD.size, count = count - 1
    WHERE team_id = OLD.team_id AND kind = 'outputs';
END;
`,
};
