import { LogTail } from './log-tail.ts';

/** Enough for a traceback. */
const keptLines = 200;

/** What the program prints, with its last lines at hand. */
export class Output {
  readonly lines: string[] = [];
  count = 0;
  readonly tail: LogTail;

  constructor(path: string, line: (text: string) => void) {
    this.tail = new LogTail(path, (text) => {
      this.count += 1;
      if (this.lines.push(text) > keptLines) this.lines.shift();
      line(text);
    });
  }
}
