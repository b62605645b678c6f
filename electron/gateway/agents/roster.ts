import { AppError } from '#shared/errors.ts';
import type { AgentDecision, AwayAgent } from '#shared/wire/agents.ts';
import { toTimestamp } from '#shared/wire/common.ts';
import type { AgentRow } from '../store/rows/tasks.ts';
import type { Store, Writer } from '../store/store.ts';
import type { AgentSession, Hello } from './session.ts';

/** Nobody waits for the note that an agent came or went. */
const unhurried = { withinMs: 200 };

/**
 * Agents that a team knows: those that are here and those that were. What the team decides about one (labels, draining)
 * is kept here, so it holds over breaks of the link and restarts of the gateway.
 */
export class Roster {
  readonly #store: Store;
  readonly #clock: () => number;
  #builtInKey: string | undefined;

  constructor(store: Store, clock: () => number) {
    this.#store = store;
    this.#clock = clock;
  }

  /** The key of the agent that runs in this very program: it can't be removed. */
  builtIn(credentialId: string): void {
    this.#builtInKey = credentialId;
  }

  find(teamId: string, agentId: string): AgentRow | undefined {
    const text = 'SELECT * FROM agents WHERE team_id = ? AND agent_id = ?';
    return this.#store.read.hot<AgentRow>(text, teamId, agentId)[0];
  }

  /** @throws AppError `not_found` */
  get(teamId: string, agentId: string): AgentRow {
    const row = this.find(teamId, agentId);
    if (!row) throw new AppError('not_found', 'There is no such agent in this team.');
    return row;
  }

  /** What is decided about an agent counts for its session. */
  apply(row: AgentRow, session: AgentSession): void {
    session.addedLabels = JSON.parse(row.added_labels_json) as string[];
    session.draining = row.draining === 1;
    session.community = row.community === 1;
  }

  /** An agent is here: what is known of it, on disk before it is welcomed. */
  arrived(
    teamId: string,
    { agent_id, machine }: Pick<Hello, 'agent_id' | 'machine'>,
    credentialId: string | undefined,
  ): Promise<AgentRow> {
    return this.#store.write((writer) => {
      const now = this.#clock();
      const [row] = writer.hot<AgentRow>(
        `INSERT INTO agents (team_id, agent_id, credential_id, hostname, first_seen_at, last_seen_at)
         VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (team_id, agent_id) DO UPDATE SET
           credential_id = COALESCE(excluded.credential_id, agents.credential_id),
           hostname = excluded.hostname, last_seen_at = excluded.last_seen_at
         RETURNING *`,
        teamId,
        agent_id,
        credentialId ?? null,
        machine.hostname,
        now,
        now,
      );
      if (!row) throw new Error(`the agent ${agent_id} could not be entered`);
      return row;
    });
  }

  async left(teamId: string, agentId: string): Promise<void> {
    const text = 'UPDATE agents SET last_seen_at = ? WHERE team_id = ? AND agent_id = ?';
    await this.#store.write((writer) => writer.hotRun(text, this.#clock(), teamId, agentId), unhurried);
  }

  /** Those of a team that are known and not here, the last seen first. */
  away(teamId: string, isHere: (agentId: string) => boolean): AwayAgent[] {
    const rows = this.#store.read.hot<AgentRow>(
      'SELECT * FROM agents WHERE team_id = ? ORDER BY last_seen_at DESC, agent_id',
      teamId,
    );
    return rows
      .filter(({ agent_id }) => !isHere(agent_id))
      .map((row) => ({
        ...decisionOf(row),
        hostname: row.hostname,
        last_seen_at: toTimestamp(row.last_seen_at),
      }));
  }

  setLabels(teamId: string, agentId: string, labels: readonly string[]): Promise<AgentDecision> {
    // Whatever their case, labels are the same; the first way of writing stays.
    const names = labels.map((label) => label.toLowerCase());
    const unique = labels.filter((_, index) => names.indexOf(names[index] ?? '') === index);
    return this.#set(teamId, agentId, 'added_labels_json', JSON.stringify(unique));
  }

  setDraining(teamId: string, agentId: string, draining: boolean): Promise<AgentDecision> {
    return this.#set(teamId, agentId, 'draining', draining ? 1 : 0);
  }

  setCommunity(teamId: string, agentId: string, community: boolean): Promise<AgentDecision> {
    return this.#set(teamId, agentId, 'community', community ? 1 : 0);
  }

  #set(
    teamId: string,
    agentId: string,
    column: 'added_labels_json' | 'draining' | 'community',
    value: string | number,
  ): Promise<AgentDecision> {
    return this.#store.write((writer) => {
      this.#known(writer, teamId, agentId);
      const text = `UPDATE agents SET ${column} = ? WHERE team_id = ? AND agent_id = ? RETURNING *`;
      const [row] = writer.hot<AgentRow>(text, value, teamId, agentId);
      return decisionOf(row as AgentRow);
    });
  }

  /**
   * Forgets an agent.
   *
   * @returns the key that only this agent used, if there is one: it is to be revoked
   * @throws AppError `conflict` for the built-in agent
   */
  remove(teamId: string, agentId: string): Promise<string | undefined> {
    return this.#store.write((writer) => {
      const { credential_id } = this.#known(writer, teamId, agentId);
      if (credential_id !== null && credential_id === this.#builtInKey) {
        throw new AppError(
          'conflict',
          'This is the agent of the studio itself, which would come back at once. Drain it to give it no tasks, or ' +
            'start the studio with --no-agent.',
        );
      }
      writer.hotRun('DELETE FROM agents WHERE team_id = ? AND agent_id = ?', teamId, agentId);
      if (credential_id === null) return undefined;
      const [others] = writer.hot<{ count: number }>(
        'SELECT COUNT(*) AS count FROM agents WHERE credential_id = ?',
        credential_id,
      );
      return others?.count === 0 ? credential_id : undefined;
    });
  }

  #known(writer: Writer, teamId: string, agentId: string): AgentRow {
    const text = 'SELECT * FROM agents WHERE team_id = ? AND agent_id = ?';
    const [row] = writer.hot<AgentRow>(text, teamId, agentId);
    if (!row) throw new AppError('not_found', 'There is no such agent in this team.');
    return row;
  }
}

const decisionOf = ({ agent_id, added_labels_json, draining, community }: AgentRow): AgentDecision => ({
  agent_id,
  added_labels: JSON.parse(added_labels_json) as string[],
  is_draining: draining === 1,
  is_community: community === 1,
});
