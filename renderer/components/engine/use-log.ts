import { useEffect, useState } from 'react';
import type { EngineLog } from '#shared/wire/engines.ts';
import { type EngineRef, engineApi, type LogWish } from '../../api/engines.ts';

export type LogLine = EngineLog['lines'][number];

export interface ShownLog {
  readonly lines: readonly LogLine[];
  /** The number of the first of them: lines keep theirs when older ones are let go. */
  readonly first: number;
  /** False until the first answer. */
  readonly read: boolean;
  readonly error: Error | null;
}

/** A log can have a gigabyte; so many of its last lines are kept here. */
export const logLimit = 5000;

const blank: ShownLog = { lines: [], first: 0, read: false, error: null };
const everyMs = 1000;
const afterErrorMs = 5000;
/** Typing goes on; the search waits for a pause. */
const typingMs = 250;

function grown(log: ShownLog, reply: EngineLog, anew: boolean): ShownLog {
  const all = anew || reply.reset ? reply.lines : [...log.lines, ...reply.lines];
  if (reply.lines.length === 0 && log.read && !anew && !reply.reset && !log.error) return log;
  const lines = all.slice(-logLimit);
  return { lines, first: log.first + all.length - lines.length, read: true, error: null };
}

/** Until the page is seen: nobody reads the log of a window in the background. */
const seen = (signal: AbortSignal) =>
  new Promise<void>((done) => {
    if (document.visibilityState === 'visible') return done();
    document.addEventListener('visibilitychange', () => done(), { once: true, signal });
  });

const pause = (ms: number, signal: AbortSignal) =>
  new Promise<void>((done) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  });

/** Reads an engine's log and goes on reading, second by second, while it is on the screen. */
export function useEngineLog({ agent_id, engine_id }: EngineRef, search: string, level: LogWish['level']) {
  const [log, setLog] = useState(blank);
  useEffect(() => {
    const left = new AbortController();
    const { signal } = left;
    let after: number | undefined;
    const once = async () => {
      const anew = after === undefined;
      const wish = { lines: logLimit, level, search: search.trim(), ...(anew ? {} : { after }) };
      const reply = await engineApi.log({ agent_id, engine_id }, wish, signal);
      if (signal.aborted) return;
      after = reply.next;
      setLog((before) => grown(before, reply, anew));
    };
    const follow = async () => {
      if (search) await pause(typingMs, signal);
      while (!signal.aborted) {
        await seen(signal);
        const failed = await once().then(
          () => null,
          (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
        );
        if (signal.aborted) return;
        if (failed) setLog((before) => ({ ...before, read: true, error: failed }));
        await pause(failed ? afterErrorMs : everyMs, signal);
      }
    };
    void follow();
    return () => left.abort();
  }, [agent_id, engine_id, search, level]);
  return log;
}
