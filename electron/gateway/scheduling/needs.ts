import type { TaskRow } from '../store/schema.ts';
import type { Workflows } from '../workflows/workflows.ts';
import { gpuCodeOf, type Requirements, signatureOf } from './requirements.ts';

interface Needed {
  readonly requirements: Requirements;
  readonly signature: string;
}

const mostKept = 5000;

/** What tasks need, worked out once for all tasks of a workflow version that ask for the same pool and region. */
export class Needs {
  readonly #workflows: Workflows;
  readonly #kept = new Map<string, Needed>();

  constructor(workflows: Workflows) {
    this.#workflows = workflows;
  }

  of(task: TaskRow): Needed {
    const name = `${task.snapshot_id}/${task.target_pool}/${task.submitter_region}`;
    const kept = this.#kept.get(name);
    if (kept) return kept;
    const requirements = this.#requirements(task);
    const needed = { requirements, signature: signatureOf(requirements) };
    if (this.#kept.size >= mostKept) this.#kept.clear();
    this.#kept.set(name, needed);
    return needed;
  }

  #requirements(task: TaskRow): Requirements {
    const { snapshot, graph, requiredLabels, requiredModels } = this.#workflows.version(task.snapshot_id);
    const nodeTypes = task.tool_type === 'comfyui' ? Object.values(graph).map((node) => node.class_type) : [];
    return {
      teamId: task.team_id,
      pool: task.target_pool,
      tool: task.tool_type,
      labels: requiredLabels,
      models: requiredModels,
      minVramGb: snapshot.min_vram_gb,
      nodeTypes: [...new Set(nodeTypes)].sort(),
      preferredGpu: gpuCodeOf(snapshot.preferred_gpu),
      region: task.submitter_region.trim().toLowerCase(),
    };
  }
}
