import { networkInterfaces } from 'node:os';
import type { ErrorCode } from '#shared/errors.ts';

export interface GuardedRequest {
  readonly method: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** `Sec-Fetch-Site`, which browsers set and pages can't. */
  readonly fetchSite: string | undefined;
}

/**
 * May this request come in at all? A page of another site can make a browser send requests here; it can't choose the
 * Host and Origin that the browser writes. Pure; `hosts` are `name:port` in lower case.
 */
export function guard(request: GuardedRequest, hosts: ReadonlySet<string>): ErrorCode | undefined {
  const host = request.host?.toLowerCase();
  if (!host || !hosts.has(host)) return 'host_not_allowed';
  if (request.origin !== undefined && !sameSite(request.origin, host)) return 'origin_not_allowed';
  const reads = request.method === 'GET' || request.method === 'HEAD';
  if (!reads && (request.fetchSite === 'cross-site' || request.fetchSite === 'same-site')) {
    return 'origin_not_allowed';
  }
  return undefined;
}

function sameSite(origin: string, host: string): boolean {
  // "null" (sandboxed frames, local files) can't be parsed and is refused with the rest.
  return (
    URL.canParse(origin) &&
    ['http:', 'https:'].includes(new URL(origin).protocol) &&
    new URL(origin).host === host
  );
}

/** The names under which a gateway that listens on `host:port` may be addressed. */
export function allowedHosts(host: string, port: number, extra: readonly string[]): ReadonlySet<string> {
  const names = ['127.0.0.1', 'localhost', '[::1]'];
  if (host === '0.0.0.0' || host === '::') {
    for (const addresses of Object.values(networkInterfaces())) {
      for (const { address, family } of addresses ?? [])
        names.push(family === 'IPv6' ? `[${address}]` : address);
    }
  } else names.push(host.includes(':') ? `[${host}]` : host);
  const all = [...names.map((name) => `${name}:${port}`), ...extra].map((name) => name.toLowerCase());
  // Browsers leave the port out where it is the scheme's own.
  return new Set(port === 80 ? [...all, ...names] : all);
}

export const isLoopback = (address: string | undefined): boolean =>
  address === '127.0.0.1' || address === '::1' || address === '::ffff:127.0.0.1';
