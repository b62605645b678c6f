import type { GatewayConfig } from '../config.ts';
import { openAttemptsOf } from '../store/repositories/tasks.ts';
import type { Store } from '../store/store.ts';
import type { Attempts } from '../tasks/attempts.ts';
import { Deadlines } from './leases.ts';
import type { AgentSession } from './session.ts';

export interface AbsencePorts {
  readonly config: GatewayConfig;
  readonly store: Store;
  readonly attempts: Attempts;
  readonly isHere: (key: string) => boolean;
  /** It did not come back: its session is over. */
  readonly gone: (key: string) => void;
  readonly inBackground: (what: string, work: () => Promise<unknown>) => void;
}

/** An agent that says nothing for this many heartbeats is taken for gone: a dead machine closes no connection. */
const silentHeartbeats = 3;

/** How long agents may be silent, away, or at rest, and what becomes then of the attempts that they hold. */
export class Absence {
  readonly #ports: AbsencePorts;
  readonly #leases = new Deadlines();
  readonly #silences = new Deadlines();
  readonly #rests = new Deadlines();
  #stopped = false;

  constructor(ports: AbsencePorts) {
    this.#ports = ports;
  }

  stop(): void {
    this.#stopped = true;
    for (const deadlines of [this.#leases, this.#silences, this.#rests]) deadlines.stop();
  }

  /** It is connected: from now on it has to say something now and then. */
  attend(session: AgentSession): void {
    const { heartbeatMs } = this.#ports.config.timings;
    this.#silences.set(session.key, silentHeartbeats * heartbeatMs, () => session.cut());
  }

  /** It has said something. */
  heard(key: string): void {
    this.#silences.renew(key);
  }

  /** It is back, or on its way: what it holds stays its own. */
  back(key: string): void {
    this.#leases.clear(key);
  }

  /** It is away: what it holds stays its own for a lease, then goes back in line. */
  away(key: string): void {
    this.#silences.clear(key);
    if (this.#stopped) return;
    const { leaseMs } = this.#ports.config.timings;
    this.#leases.set(key, leaseMs, () => {
      if (this.#ports.isHere(key)) return;
      this.#ports.gone(key);
      this.#takeBack(key, (name) => `The agent ${name} has been away for ${leaseMs / 1000} s.`);
    });
  }

  #takeBack(key: string, reason: (name: string) => string): void {
    const { attempts, store, inBackground } = this.#ports;
    inBackground('take back the attempts of an agent', async () => {
      try {
        await Promise.all(openAttemptsOf(store.read, key).map((attempt) => attempts.lost(attempt, reason)));
      } catch (error) {
        // They are still open, and nobody else would look at them again.
        this.away(key);
        throw error;
      }
    });
  }

  /** One that declines gets a pause: idle as it stays, it would draw the whole line and give it back. */
  rest(session: AgentSession, reason: string, changed: () => void): void {
    session.resting = `it has just declined work: ${reason}`;
    this.#rests.set(session.key, this.#ports.config.timings.declineRestMs, () => {
      session.resting = '';
      changed();
    });
  }

  /** Nobody waits for it any more. */
  forget(key: string): void {
    for (const deadlines of [this.#leases, this.#silences, this.#rests]) deadlines.clear(key);
  }
}
