import { logMessage, type RunMessage, runMessage, statusMessage } from './wire.ts';

/** What a text frame of the socket tells: of a run, of the log, or how many runs the queue holds. */
export type TextMessage =
  | { readonly kind: 'run'; readonly run: RunMessage }
  | { readonly kind: 'log'; readonly lines: readonly string[] }
  | { readonly kind: 'queue'; readonly remaining: number };

/** Reads a text frame; `undefined` for what does not concern us. */
export function readMessage(text: string): TextMessage | undefined {
  const message = parse(text);
  const run = runMessage.safeParse(message);
  if (run.success) return { kind: 'run', run: run.data };
  const logs = logMessage.safeParse(message);
  if (logs.success) return { kind: 'log', lines: logs.data.data.entries.flatMap(({ m }) => linesOf(m)) };
  const status = statusMessage.safeParse(message);
  if (status.success) {
    return { kind: 'queue', remaining: status.data.data.status.exec_info.queue_remaining };
  }
  return undefined;
}

/** ComfyUI sends what was written, so an entry may hold several lines or only a line end. */
const linesOf = (text: string): string[] => text.split(/[\r\n]+/).filter((line) => line.trim() !== '');

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
