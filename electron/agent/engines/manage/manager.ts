import { join } from 'node:path';
import { type ManageAction, type ManageRefusal, manageAsk, manageReply } from '#shared/link/manage.ts';
import { type CardPorts, cardOf } from './cards.ts';
import { commands } from './commands.ts';
import { Jobs } from './jobs.ts';
import type { CommandPorts, ManagerPorts } from './ports.ts';
import { recordsOf } from './records.ts';
import { Refusal } from './refusal.ts';

export type Answer = { readonly result: unknown } | { readonly refusal: ManageRefusal };

/** A report costs some files and system calls: a burst of changes makes one. */
const quietMs = { much: 250, 'a little': 2000 };

/** The engines of this machine as a gateway sees and manages them. */
export class EngineManager {
  readonly #ports: ManagerPorts;
  readonly #jobs = new Jobs(() => this.changed());
  readonly #cards: CardPorts;
  readonly #commands: CommandPorts;
  #timer: NodeJS.Timeout | undefined;
  #due = 0;
  #stopped = false;

  constructor(ports: ManagerPorts) {
    this.#ports = ports;
    const { registry, fleet, agentDir } = ports;
    const starterRecord = join(agentDir, 'engines', 'starter.json');
    this.#cards = { registry, fleet, jobs: this.#jobs, starterRecord };
    const starterLog = join(agentDir, 'engines', 'starter.log');
    this.#commands = { ...ports, jobs: this.#jobs, starterLog, changed: () => this.changed() };
  }

  /** Something about an engine may be different: a report follows. */
  changed(how: keyof typeof quietMs = 'much'): void {
    if (this.#stopped) return;
    const due = Date.now() + quietMs[how];
    if (this.#timer && this.#due <= due) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#report().catch((error: Error) =>
        this.#ports.log.error({ error: error.message }, 'the engines could not be looked at'),
      );
    }, quietMs[how]);
  }

  async #report(): Promise<void> {
    const records = await recordsOf(this.#ports.registry, this.#ports.fleet);
    const engines = await Promise.all(records.map((record) => cardOf(record, this.#cards)));
    if (!this.#stopped) this.#ports.tell({ managed: true, engines });
  }

  /** Carries out a command of the gateway. Whatever happens, there is an answer. */
  async command(action: ManageAction, ask: unknown): Promise<Answer> {
    try {
      const read = manageAsk(action).parse(ask);
      // The action and its ask belong together: one schema of the table has just read it.
      const run = commands[action] as (ask: unknown, ports: CommandPorts) => Promise<unknown>;
      const result = await run(read, this.#commands);
      this.changed();
      return { result: manageReply(action).parse(result) };
    } catch (error) {
      const { message } = error as Error;
      if (error instanceof Refusal) return { refusal: { code: error.code, message } };
      this.#ports.log.warn({ action, error: message }, 'a command about an engine could not be carried out');
      return { refusal: { code: 'conflict', message: message.slice(0, 8000) } };
    }
  }

  /** Interrupts what is being done. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#jobs.stop();
  }
}
