/** A piece of what the engine said during a run, as it came: some lines at once, never changed. */
export interface TaskLogRow {
  task_id: string;
  /** Counts the lines of the task from 0, over all its attempts. */
  first_line: number;
  line_count: number;
  attempt_id: string;
  /** The lines, joined by line breaks; none has one inside. */
  body: string;
  created_at: number;
}

/** An agent that was here: what the team decided about it stays when it goes. */
export interface AgentRow {
  team_id: string;
  agent_id: string;
  /** Beside the labels that the agent tells of itself. */
  added_labels_json: string;
  /** It finishes what it has, and gets no more. */
  draining: 0 | 1;
  /** Lent to the community pool. */
  community: 0 | 1;
  /** The key that it came with last. */
  credential_id: string | null;
  hostname: string;
  first_seen_at: number;
  last_seen_at: number;
}
