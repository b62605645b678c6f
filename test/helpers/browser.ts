import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

export interface TestBrowser {
  readonly browser: Browser;
  close(): Promise<void>;
}

/** Sparticuz unpacks into whatever `os.tmpdir()` says at that moment, so it gets a folder of its own for that long. */
async function unpackInto(folder: string): Promise<{ executablePath: string; args: string[] }> {
  const before = process.env.TMPDIR;
  process.env.TMPDIR = folder;
  try {
    const { default: packed } = await import('@sparticuz/chromium');
    return { executablePath: await packed.executablePath(), args: packed.args };
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
}

/**
 * A real Chromium: the one from npm, or the one at `CHROMIUM_PATH`. `close` ends it and removes all it unpacked.
 */
export async function openBrowser(): Promise<TestBrowser> {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-browser-'));
  const own = process.env.CHROMIUM_PATH;
  const { executablePath } = own ? { executablePath: own } : await unpackInto(folder);
  const browser = await chromium.launch({
    executablePath,
    // No GPU and little shared memory where tests run; root may not use the sandbox.
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--hide-scrollbars', '--headless=old'],
    env: { ...process.env, TMPDIR: folder },
  });
  return {
    browser,
    async close() {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
