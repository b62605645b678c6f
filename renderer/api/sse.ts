export interface SseMessage {
  readonly event: string;
  readonly data: string;
  readonly id: string | null;
}

/**
 * Reads `text/event-stream` as it arrives in pieces; calls back once a message is whole. `onRetry` gets the server's
 * wish for the pause before a reconnect, in milliseconds.
 */
export function sseParser(onMessage: (message: SseMessage) => void, onRetry?: (ms: number) => void) {
  let rest = '';
  let event = '';
  let id: string | null = null;
  let data: string[] = [];

  const line = (text: string) => {
    if (text === '') {
      if (data.length) onMessage({ event: event || 'message', data: data.join('\n'), id });
      event = '';
      id = null;
      data = [];
      return;
    }
    const colon = text.indexOf(':');
    const field = colon === -1 ? text : text.slice(0, colon);
    const value = colon === -1 ? '' : text.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') event = value;
    else if (field === 'data') data.push(value);
    else if (field === 'id') id = value;
    else if (field === 'retry' && /^\d+$/.test(value)) onRetry?.(Number(value));
  };

  return (chunk: string) => {
    const lines = (rest + chunk).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const text of lines) line(text);
  };
}
