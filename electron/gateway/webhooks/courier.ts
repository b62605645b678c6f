import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { AppError } from '#shared/errors.ts';
import { toTimestamp } from '#shared/wire/common.ts';
import { signatureHeader, type WebhookAttempt } from '#shared/wire/webhooks.ts';
import type { Secrets } from '../secrets/secrets.ts';
import type { Store } from '../store/store.ts';
import {
  attemptsOf,
  type DueDelivery,
  dueFor,
  keepAttempt,
  nextDue,
  type Outcome,
  webhooksDue,
} from './outbox.ts';
import { post, postProblem } from './post.ts';
import { signatureOf } from './sign.ts';
import { hostOf, type Targets } from './targets.ts';

export interface CourierPorts {
  readonly store: Store;
  readonly secrets: Secrets;
  readonly targets: Targets;
  /** Is the feature on for the team? */
  readonly enabled: (teamId: string) => boolean;
  /** How a delivery stands has changed. */
  readonly changed: (teamId: string) => void;
  readonly version: string;
  readonly clock: () => number;
  readonly log: Logger;
  readonly timeoutMs: number;
  /** The pauses before the attempts after the first one. */
  readonly retryMs: readonly number[];
}

/** A target that is slow takes up to this many connections, and no other target's. */
const mostForOne = 4;
const mostInAll = 64;
/** A result that could not be written is a delivery that is due still: not sent again before this. */
const unwrittenMs = 30_000;
/** setTimeout counts to 2³¹ ms at most. */
const longestTimer = 2 ** 31 - 1;

/** The place a webhook's secret is sealed for. */
export const placeOf = (webhookId: string): string => `webhook:${webhookId}`;

/**
 * Takes what is due out of the outbox and delivers it, each at least once: a row stays due until its result is on disk,
 * so after a kill it is sent again.
 */
export class Courier {
  readonly #ports: CourierPorts;
  /** Deliveries under way, by webhook. */
  readonly #flights = new Map<string, Map<string, Promise<void>>>();
  readonly #stop = new AbortController();
  #running = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(ports: CourierPorts) {
    this.#ports = ports;
  }

  start(): void {
    this.#running = true;
    this.look();
  }

  /** Ends what is under way; it goes on at the next start. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#stop.abort();
    clearTimeout(this.#timer);
    await Promise.all([...this.#flights.values()].flatMap((flights) => [...flights.values()]));
  }

  /** Something may be due. */
  look(): void {
    if (!this.#running) return;
    const { store, clock } = this.#ports;
    const now = clock();
    for (const webhookId of webhooksDue(store.read, now)) this.#serve(webhookId, now);
    clearTimeout(this.#timer);
    const next = nextDue(store.read, now);
    if (next === undefined) return;
    this.#timer = setTimeout(() => this.look(), Math.min(next - now, longestTimer));
    this.#timer.unref();
  }

  #serve(webhookId: string, now: number): void {
    const flights = this.#flights.get(webhookId) ?? new Map<string, Promise<void>>();
    const all = [...this.#flights.values()].reduce((sum, { size }) => sum + size, 0);
    const free = Math.min(mostForOne - flights.size, mostInAll - all);
    if (free <= 0) return;
    const due = dueFor(this.#ports.store.read, webhookId, now, free + flights.size);
    for (const delivery of due.filter(({ id }) => !flights.has(id)).slice(0, free)) {
      this.#flights.set(webhookId, flights);
      flights.set(
        delivery.id,
        this.#fly(delivery).finally(() => {
          flights.delete(delivery.id);
          if (flights.size === 0) this.#flights.delete(webhookId);
          this.look();
        }),
      );
    }
  }

  async #fly(delivery: DueDelivery): Promise<void> {
    const { store, changed, log } = this.#ports;
    const attempt = await this.attempt(delivery);
    if (this.#stop.signal.aborted) return;
    try {
      await store.write((writer) => keepAttempt(writer, delivery, attempt, this.#outcome(delivery, attempt)));
    } catch (error) {
      log.error(
        { err: error, delivery: delivery.id },
        'the result of a webhook delivery could not be written',
      );
      await pause(unwrittenMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
    changed(delivery.team_id);
  }

  /** One try, whatever comes of it. Nothing is written. */
  async attempt(delivery: DueDelivery): Promise<WebhookAttempt> {
    const { clock } = this.#ports;
    const began = clock();
    const told = await this.#send(delivery);
    return {
      attempted_at: toTimestamp(began),
      duration_ms: Math.max(0, clock() - began),
      ...told,
    };
  }

  async #send(
    delivery: DueDelivery,
  ): Promise<Pick<WebhookAttempt, 'status_code' | 'response_body' | 'error'>> {
    const { targets, timeoutMs, enabled } = this.#ports;
    const host = hostOf(new URL(delivery.url));
    try {
      if (!enabled(delivery.team_id))
        throw new AppError('feature_disabled', 'Webhooks are switched off for this team.');
      const url = targets.parse(delivery.url);
      const { status, text } = await post({
        url,
        headers: this.#headers(delivery),
        body: delivery.body,
        lookup: targets.lookup(url),
        timeoutMs,
        signal: this.#stop.signal,
      });
      return { status_code: status, response_body: text, error: statusProblem(status, host) };
    } catch (error) {
      return { status_code: null, response_body: '', error: postProblem(error, host, timeoutMs) };
    }
  }

  #headers({ webhook_id, secret, body }: DueDelivery): Record<string, string> {
    const { secrets, version } = this.#ports;
    return {
      'Content-Type': 'application/json',
      'Content-Length': String(Buffer.byteLength(body)),
      'User-Agent': `Atelier/${version}`,
      [signatureHeader]: signatureOf(secrets.unseal(secret, placeOf(webhook_id)), body),
    };
  }

  #outcome(delivery: DueDelivery, { error }: WebhookAttempt): Outcome {
    const { retryMs, enabled, clock } = this.#ports;
    if (error === '') return { status: 'delivered', next_at: null, error: '' };
    if (!enabled(delivery.team_id)) return { status: 'failed', next_at: null, error };
    const wait = retryMs[attemptsOf(delivery).length];
    if (wait === undefined) return { status: 'failed', next_at: null, error };
    return { status: 'waiting', next_at: clock() + wait, error: '' };
  }
}

/** Any 2xx is success (Cyberun spec 5.7). */
function statusProblem(status: number, host: string): string {
  if (status >= 200 && status < 300) return '';
  if (status >= 300 && status < 400)
    return `${host} answered ${status}, a redirect, which is not followed. Enter the address that it leads to.`;
  return `${host} answered ${status}.`;
}
