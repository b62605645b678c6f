import { ApiError, authorizedFetch } from './http.ts';
import { type SseMessage, sseParser } from './sse.ts';

const firstPause = 500;
const longestPause = 15_000;
/** The gateway sends a heartbeat every 15 s; three missed ones mean that the line is dead. */
const silenceLimit = 45_000;

interface StreamOptions {
  readonly path: string;
  readonly onMessage: (message: SseMessage) => void;
  /** `true` each time the line stands, `false` each time it breaks. */
  readonly onLine?: (up: boolean) => void;
  /** Asked when the server closes the stream: a task's stream ends with its task. */
  readonly finished?: () => boolean;
}

const sleep = (ms: number, signal: AbortSignal) =>
  new Promise<void>((done) => {
    const timer = setTimeout(done, ms);
    const wake = () => {
      clearTimeout(timer);
      done();
    };
    signal.addEventListener('abort', wake, { once: true });
  });

/** Follows one connection until it ends, breaks, or falls silent. */
async function follow(
  options: StreamOptions,
  lastId: string | null,
  signal: AbortSignal,
  parse: (text: string) => void,
) {
  const quiet = new AbortController();
  let timer = setTimeout(() => quiet.abort(), silenceLimit);
  try {
    const response = await authorizedFetch(options.path, {
      headers: { Accept: 'text/event-stream', ...(lastId ? { 'Last-Event-ID': lastId } : {}) },
      signal: AbortSignal.any([signal, quiet.signal]),
    });
    options.onLine?.(true);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
      clearTimeout(timer);
      timer = setTimeout(() => quiet.abort(), silenceLimit);
      parse(read.value);
    }
  } finally {
    clearTimeout(timer);
  }
}

/** Keeps an event stream open over breaks, resuming after the last event seen. Returns how to stop it. */
export function openStream(options: StreamOptions): () => void {
  const stopped = new AbortController();
  const { signal } = stopped;
  let lastId: string | null = null;
  let pause = firstPause;

  const run = async () => {
    while (!signal.aborted) {
      const parse = sseParser((message) => {
        pause = firstPause;
        if (message.id !== null) lastId = message.id;
        options.onMessage(message);
      });
      try {
        await follow(options, lastId, signal, parse);
        if (options.finished?.()) return;
      } catch (error) {
        // Gone or forbidden does not mend itself; everything else is worth another try.
        if (error instanceof ApiError && (error.status === 404 || error.status === 403)) return;
      }
      if (signal.aborted) return;
      options.onLine?.(false);
      await sleep(pause * (0.75 + Math.random() / 2), signal);
      pause = Math.min(pause * 2, longestPause);
    }
  };
  void run();
  return () => stopped.abort();
}
