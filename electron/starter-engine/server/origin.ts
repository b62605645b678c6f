import type { IncomingHttpHeaders } from 'node:http';

const isLoopback = (host: string): boolean => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(host);

function hostOf(address: string): URL | undefined {
  try {
    return new URL(address.includes('://') ? address : `http://${address}`);
  } catch {
    return undefined;
  }
}

/**
 * True for a request that a page from elsewhere made in the user's browser: `Origin` and `Host` differ. A `Host` that
 * is not this machine's own is foreign too (DNS rebinding); ComfyUI lets that one pass, we bind loopback only.
 */
export function isForeign({ host = '', origin }: IncomingHttpHeaders): boolean {
  const own = hostOf(host);
  if (!own || !isLoopback(own.hostname)) return true;
  if (origin === undefined) return false;
  return hostOf(origin)?.host !== own.host;
}
