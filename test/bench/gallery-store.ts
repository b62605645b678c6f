import BetterSqlite from 'better-sqlite3';
import { v7 } from 'uuid';

interface Seed {
  readonly outputs: number;
  /** Contents that they are of, in turn; made up when left out. */
  readonly contents?: readonly { sha256: string; size: number; width: number; height: number }[];
  readonly stepMs?: number;
}

const words = ['fox', 'heron', 'lighthouse', 'harbour', 'orchard', 'glacier', 'lantern', 'comet'];

/** Outputs straight into a studio's store: a gallery that would take weeks to fill by running. One in a thousand is a sound. */
export function fillGallery(path: string, { outputs, contents, stepMs = 30_000 }: Seed): void {
  const db = new BetterSqlite(path);
  db.pragma('synchronous = OFF');
  const workflow = db.prepare('SELECT id, team_id, snapshot_id FROM workflows ORDER BY id').all() as {
    id: string;
    team_id: string;
    snapshot_id: string;
  }[];
  const pictures = contents ?? [{ sha256: 'bench', size: 1, width: 768, height: 512 }];
  const object = db.prepare('INSERT OR IGNORE INTO objects VALUES (?, ?, 1)');
  const task = db.prepare(
    `INSERT INTO tasks (id, team_id, workflow_id, snapshot_id, status, parameters_json, dispatch_target, target_pool,
       tool_type, submitter_region, submitter_id, priority, retry_count, created_at, started_at, completed_at)
     VALUES (?, ?, ?, ?, 'completed', ?, 'agent', 'team', 'comfyui', '', ?, 0, 0, ?, ?, ?)`,
  );
  const output = db.prepare(
    `INSERT INTO outputs (storage_key, task_id, team_id, position, node_id, name, kind, content_type, size, sha256,
       temporary, width, height, created_at, id, workflow_id, submitter_id, listed)
     VALUES (?, ?, ?, 0, '9', ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, 1)`,
  );
  db.transaction(() => {
    for (const { sha256, size } of pictures) object.run(sha256, size);
    const now = Date.now();
    for (let n = 0; n < outputs; n += 1) {
      const at = now - (outputs - n) * stepMs;
      const of = workflow[n % workflow.length];
      const picture = pictures[(n * 7) % pictures.length];
      if (!of || !picture) throw new Error('nothing to fill the gallery with');
      const person = `person-${n % 5}`;
      const taskId = v7({ msecs: at });
      const sound = n % 1000 === 7;
      const prompt = `a ${words[n % words.length]} and a ${words[(n >> 3) % words.length]}, number ${n}`;
      const values = JSON.stringify({ prompt, color: n % 512 });
      task.run(taskId, of.team_id, of.id, of.snapshot_id, values, person, at, at, at + 900);
      const name = sound ? `sound-${n}.wav` : `picture-${n}.png`;
      output.run(
        ...[`tasks/${taskId}/0/${name}`, taskId, of.team_id, name, sound ? 'audio' : 'image'],
        ...[sound ? 'audio/wav' : 'image/png', picture.size, picture.sha256, picture.width, picture.height],
        ...[at, v7({ msecs: at, seq: 0 }), of.id, person],
      );
    }
  })();
  db.close();
}
