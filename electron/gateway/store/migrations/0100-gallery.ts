import type { Migration } from './index.ts';

/**
 * What the gallery needs of outputs: an id of their own whose order is the order in which they were made, stars, a place
 * to lie before they are gone for good; counters that answer "how many, and when" without walking the rows; and what is
 * known of a picture by its content.
 */
export const gallery: Migration = {
  version: 100,
  name: 'gallery',
  sql: `
ALTER TABLE outputs ADD COLUMN id TEXT NOT NULL DEFAULT '';
ALTER TABLE outputs ADD COLUMN workflow_id TEXT NOT NULL DEFAULT '';
ALTER TABLE outputs ADD COLUMN submitter_id TEXT NOT NULL DEFAULT '';
-- 1 for what hangs in the gallery: what was saved, and previews of tasks that saved nothing.
ALTER TABLE outputs ADD COLUMN listed INTEGER NOT NULL DEFAULT 0 CHECK (listed IN (0, 1));
ALTER TABLE outputs ADD COLUMN starred INTEGER NOT NULL DEFAULT 0 CHECK (starred IN (0, 1));
ALTER TABLE outputs ADD COLUMN deleted_at INTEGER;

-- A UUIDv7 of the moment in which it was made; the position keeps the order of one task.
UPDATE outputs SET
  id = substr(printf('%012x', created_at), 1, 8) || '-' || substr(printf('%012x', created_at), 9, 4) || '-7000-8'
    || printf('%03x', min(position, 4095)) || '-' || lower(hex(randomblob(6))),
  workflow_id = COALESCE((SELECT workflow_id FROM tasks WHERE tasks.id = outputs.task_id), ''),
  submitter_id = COALESCE((SELECT submitter_id FROM tasks WHERE tasks.id = outputs.task_id), ''),
  listed = CASE WHEN temporary = 0 OR NOT EXISTS
    (SELECT 1 FROM outputs AS other WHERE other.task_id = outputs.task_id AND other.temporary = 0) THEN 1 ELSE 0 END;

CREATE UNIQUE INDEX outputs_by_id ON outputs (id);
CREATE INDEX outputs_hung ON outputs (team_id, id) WHERE listed = 1 AND deleted_at IS NULL;
CREATE INDEX outputs_deleted ON outputs (team_id, id) WHERE deleted_at IS NOT NULL;

-- How many hang in the gallery, by quarter of an hour (every time zone's days begin at one) and by what can be asked for.
CREATE TABLE output_counts (
  team_id TEXT NOT NULL, bucket INTEGER NOT NULL, workflow_id TEXT NOT NULL, submitter_id TEXT NOT NULL,
  kind TEXT NOT NULL, starred INTEGER NOT NULL, count INTEGER NOT NULL,
  PRIMARY KEY (team_id, bucket, workflow_id, submitter_id, kind, starred)
) STRICT, WITHOUT ROWID;

INSERT INTO output_counts
  SELECT team_id, created_at / 900000, workflow_id, submitter_id, kind, starred, COUNT(*) FROM outputs
  WHERE listed = 1 GROUP BY 1, 2, 3, 4, 5, 6;

CREATE TRIGGER outputs_hung_up AFTER INSERT ON outputs WHEN NEW.listed = 1 AND NEW.deleted_at IS NULL BEGIN
  INSERT INTO output_counts VALUES
    (NEW.team_id, NEW.created_at / 900000, NEW.workflow_id, NEW.submitter_id, NEW.kind, NEW.starred, 1)
    ON CONFLICT DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER outputs_hung_off AFTER DELETE ON outputs WHEN OLD.listed = 1 AND OLD.deleted_at IS NULL BEGIN
  UPDATE output_counts SET count = count - 1 WHERE team_id = OLD.team_id AND bucket = OLD.created_at / 900000
    AND workflow_id = OLD.workflow_id AND submitter_id = OLD.submitter_id AND kind = OLD.kind
    AND starred = OLD.starred;
  DELETE FROM output_counts WHERE team_id = OLD.team_id AND bucket = OLD.created_at / 900000 AND count <= 0;
END;
CREATE TRIGGER outputs_taken_down AFTER UPDATE OF starred, deleted_at, listed ON outputs
WHEN OLD.listed = 1 AND OLD.deleted_at IS NULL BEGIN
  UPDATE output_counts SET count = count - 1 WHERE team_id = OLD.team_id AND bucket = OLD.created_at / 900000
    AND workflow_id = OLD.workflow_id AND submitter_id = OLD.submitter_id AND kind = OLD.kind
    AND starred = OLD.starred;
  DELETE FROM output_counts WHERE team_id = OLD.team_id AND bucket = OLD.created_at / 900000 AND count <= 0;
END;
CREATE TRIGGER outputs_hung_again AFTER UPDATE OF starred, deleted_at, listed ON outputs
WHEN NEW.listed = 1 AND NEW.deleted_at IS NULL BEGIN
  INSERT INTO output_counts VALUES
    (NEW.team_id, NEW.created_at / 900000, NEW.workflow_id, NEW.submitter_id, NEW.kind, NEW.starred, 1)
    ON CONFLICT DO UPDATE SET count = count + 1;
END;

-- By content: the same picture is looked at once. state: 'made', or 'unreadable' when nothing could be made of it.
CREATE TABLE previews (
  sha256 TEXT PRIMARY KEY, state TEXT NOT NULL CHECK (state IN ('made','unreadable')), width INTEGER, height INTEGER,
  colour TEXT, placeholder TEXT, made_at INTEGER NOT NULL
) STRICT;
`,
};
