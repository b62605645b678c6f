import type { Migration } from './index.ts';

/** The team's library of models, what is announced for it, and what is being fetched into it. */
export const models: Migration = {
  version: 90,
  name: 'models',
  sql: `
-- A path is taken once among those that agents fetch; a disabled one stays in the catalogue beside its successor.
CREATE TABLE models (
  id TEXT PRIMARY KEY, team_id TEXT NOT NULL REFERENCES teams(id) ON DELETE CASCADE, display_name TEXT NOT NULL,
  model_type TEXT NOT NULL, model_path TEXT NOT NULL, storage_key TEXT NOT NULL UNIQUE, file_size INTEGER NOT NULL,
  sha256 TEXT NOT NULL REFERENCES objects(sha256), status TEXT NOT NULL CHECK (status IN ('active','disabled')),
  facts_json TEXT NOT NULL, source_url TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX models_by_path ON models (team_id, model_path) WHERE status = 'active';
CREATE INDEX models_by_team ON models (team_id, id);
CREATE INDEX models_by_object ON models (sha256);

-- Announced (sha256 is null) or uploaded; gone once it is registered.
CREATE TABLE model_uploads (
  storage_key TEXT PRIMARY KEY, team_id TEXT NOT NULL REFERENCES teams(id) ON DELETE CASCADE,
  file_name TEXT NOT NULL, file_size INTEGER NOT NULL, sha256 TEXT REFERENCES objects(sha256),
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX model_uploads_by_object ON model_uploads (sha256) WHERE sha256 IS NOT NULL;

-- Downloads from the internet. What has come lies beside the objects, under the id.
CREATE TABLE model_fetches (
  id TEXT PRIMARY KEY, team_id TEXT NOT NULL REFERENCES teams(id) ON DELETE CASCADE, url TEXT NOT NULL,
  display_name TEXT NOT NULL, model_type TEXT NOT NULL, model_path TEXT NOT NULL, wanted_sha256 TEXT,
  state TEXT NOT NULL CHECK (state IN ('running','failed','done')), error TEXT NOT NULL, validator TEXT NOT NULL,
  size INTEGER, model_id TEXT, created_at INTEGER NOT NULL, ended_at INTEGER
) STRICT;
CREATE INDEX model_fetches_by_team ON model_fetches (team_id, id);

-- As files and outputs are counted.
CREATE TRIGGER models_counted AFTER INSERT ON models BEGIN
  INSERT INTO storage_counts VALUES (NEW.team_id, 'models', NEW.file_size, 1)
    ON CONFLICT (team_id, kind) DO UPDATE SET bytes = bytes + excluded.bytes, count = count + 1;
END;
CREATE TRIGGER models_uncounted AFTER DELETE ON models BEGIN
  UPDATE storage_counts SET bytes = bytes - OLD.file_size, count = count - 1
    WHERE team_id = OLD.team_id AND kind = 'models';
END;
CREATE TRIGGER model_uploads_counted AFTER INSERT ON model_uploads BEGIN
  INSERT INTO storage_counts VALUES (NEW.team_id, 'uploads', NEW.file_size, 1)
    ON CONFLICT (team_id, kind) DO UPDATE SET bytes = bytes + excluded.bytes, count = count + 1;
END;
CREATE TRIGGER model_uploads_uncounted AFTER DELETE ON model_uploads BEGIN
  UPDATE storage_counts SET bytes = bytes - OLD.file_size, count = count - 1
    WHERE team_id = OLD.team_id AND kind = 'uploads';
END;
`,
};
