import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { reachOf } from '../webhooks/addresses.ts';

/** Is this an address of the internet, as far as anybody can tell? */
export const isPublicAddress = (address: string): boolean => reachOf(address) === 'public';

/** The host of an address bar, without the brackets of IPv6. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, '$1');

const refusal = (host: string) =>
  Object.assign(new Error(`${host} leads into a private network, where models are not fetched from.`), {
    code: 'EPRIVATE',
  });

/** Resolves for a socket: it gets the very addresses that were checked, so a name can't lead elsewhere by then. */
export const publicLookup: LookupFunction = (host, options, done) => {
  lookup(host, { ...options, all: true }, (error, found) => {
    if (error) done(error, []);
    else if (found.some(({ address }) => !isPublicAddress(address))) done(refusal(host), []);
    else if (options.all) done(null, found);
    else done(null, found[0]?.address ?? '', found[0]?.family);
  });
};
