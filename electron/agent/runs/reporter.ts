import type { RunListener, RunProgress } from '../engines/engine.ts';
import type { LiveMessage } from '../link/link.ts';
import { Throttle } from './throttle.ts';

const progressMs = 100;
const previewMs = 250;
const logMs = 250;
const mostPreviewBytes = 1024 * 1024;
const mostLines = 500;
const mostLineLength = 4000;

/** Tells the gateway what a run shows while it goes on: as often as people can see, never more. */
export class Reporter implements RunListener {
  readonly #attempt: { readonly attempt_id: string; readonly fence: number };
  readonly #tell: (message: LiveMessage) => void;
  readonly #started: () => void;
  readonly #progress = new Throttle(progressMs);
  readonly #preview = new Throttle(previewMs);
  readonly #log = new Throttle(logMs);
  #lines: string[] = [];

  constructor(
    attempt: { attempt_id: string; fence: number },
    tell: (message: LiveMessage) => void,
    started: () => void,
  ) {
    this.#attempt = attempt;
    this.#tell = tell;
    this.#started = started;
  }

  started(): void {
    this.#started();
  }

  progress(progress: RunProgress): void {
    this.#progress.offer(() => this.#tell({ type: 'progress', ...this.#attempt, ...progress }));
  }

  preview(contentType: string, bytes: Uint8Array): void {
    if (bytes.length > mostPreviewBytes) return;
    this.#preview.offer(() => {
      const data = Buffer.from(bytes).toString('base64');
      this.#tell({ type: 'preview', ...this.#attempt, content_type: contentType, data_base64: data });
    });
  }

  log(line: string): void {
    if (this.#lines.push(line.slice(0, mostLineLength)) > mostLines) this.#lines.shift();
    this.#log.offer(() => this.#tellLines());
  }

  /** The run is over: the lines that wait still go out, progress and previews have lost their meaning. */
  stop(): void {
    for (const throttle of [this.#progress, this.#preview, this.#log]) throttle.stop();
    this.#tellLines();
  }

  #tellLines(): void {
    if (this.#lines.length > 0) this.#tell({ type: 'log', ...this.#attempt, lines: this.#lines });
    this.#lines = [];
  }
}
