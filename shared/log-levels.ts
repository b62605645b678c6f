export type LogLevel = 'info' | 'warning' | 'error';

export interface LevelledLine {
  readonly text: string;
  readonly level: LogLevel;
}

/** Python's programs seldom say a level, so the words tell; a traceback is one error from its first line to its last. */
export function withLevels(texts: readonly string[]): LevelledLine[] {
  let inTraceback = false;
  return texts.map((text) => {
    if (/^\s*Traceback \(most recent call last\)/.test(text)) inTraceback = true;
    const level: LogLevel = inTraceback ? 'error' : levelOf(text);
    // The first line that is not indented any more names the error and ends it.
    if (inTraceback && /^\S/.test(text) && !/^Traceback/.test(text)) inTraceback = false;
    return { text: text.slice(0, 4000), level };
  });
}

function levelOf(text: string): LogLevel {
  if (
    /\b(?:ERROR|CRITICAL|FATAL)\b|\b\w*(?:Error|Exception): |IMPORT FAILED|^Fatal |Segmentation fault/.test(
      text,
    )
  )
    return 'error';
  // `UserWarning: …`, `[WARNING] …`, `warn: …`
  return /\bwarn\b|warning\b|\bdeprecated\b/i.test(text) ? 'warning' : 'info';
}

const ranks: Readonly<Record<LogLevel, number>> = { info: 0, warning: 1, error: 2 };

/** Is a level as grave as another, or graver? */
export const atLeast = (level: LogLevel, least: LogLevel): boolean => ranks[level] >= ranks[least];
