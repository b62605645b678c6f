import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Addresses that a download from the internet never leads to: this machine, its networks, what is reserved. */
const closed = new BlockList();
for (const [net, bits] of [
  ...([
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
  ] as const),
  ...([
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.0.2.0', 24],
    ['192.88.99.0', 24],
  ] as const),
  ...([
    ['192.168.0.0', 16],
    ['198.18.0.0', 15],
    ['198.51.100.0', 24],
    ['203.0.113.0', 24],
  ] as const),
  ...([
    ['224.0.0.0', 4],
    ['240.0.0.0', 4],
  ] as const),
] as const) {
  closed.addSubnet(net, bits, 'ipv4');
}

/** Of IPv6 only what is given out to networks of the world; not what hides an older address. */
const open = new BlockList();
open.addSubnet('2000::', 3, 'ipv6');
const hiding = new BlockList();
hiding.addSubnet('2001::', 23, 'ipv6');
hiding.addSubnet('2001:db8::', 32, 'ipv6');
hiding.addSubnet('2002::', 16, 'ipv6');

/** Is this an address of the internet, as far as anybody can tell? */
export function isPublicAddress(address: string): boolean {
  const kind = isIP(address);
  if (kind === 4) return !closed.check(address, 'ipv4');
  return kind === 6 && open.check(address, 'ipv6') && !hiding.check(address, 'ipv6');
}

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
