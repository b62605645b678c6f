import ipaddr from 'ipaddr.js';

/**
 * How far an address reaches. `public`: the internet. `private`: this machine and its networks, for which the studio's
 * owner has to ask. `never`: what no receiver of webhooks has (metadata services of clouds, multicast, reserved ranges,
 * addresses that hide another one).
 */
export type Reach = 'public' | 'private' | 'never';

const privateRanges = new Set(['loopback', 'private', 'carrierGradeNat', 'uniqueLocal']);
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');
/** NAT64: how networks without IPv4 reach the rest of the world. */
const translated = ipaddr.IPv6.parseCIDR('64:ff9b::/96');
/** Metadata services that are not link-local: they hand out keys to whoever asks. */
const metadata = new Set(['100.100.100.200', 'fd00:ec2::254', '192.0.0.192']);

/** Allowed is only what is known to be harmless: a range that nobody here has heard of is `never`. */
export function reachOf(text: string): Reach {
  if (!ipaddr.isValid(text)) return 'never';
  const address = ipaddr.process(text);
  if (metadata.has(address.toString())) return 'never';
  const range = address.range();
  if (privateRanges.has(range)) return 'private';
  if (address instanceof ipaddr.IPv4) return range === 'unicast' ? 'public' : 'never';
  if (address.match(translated)) return reachOf(address.toByteArray().slice(12).join('.'));
  return range === 'unicast' && address.match(globalUnicast) ? 'public' : 'never';
}
