import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { AppError } from '#shared/errors.ts';
import { reachOf } from './addresses.ts';

export interface Address {
  readonly address: string;
  readonly family: number;
}

/** Asks the system for all addresses of a name. */
export type Resolve = (host: string) => Promise<readonly Address[]>;

export const resolveHost: Resolve = (host) => lookup(host, { all: true });

export interface TargetPorts {
  readonly resolve: Resolve;
  /** Does the studio's owner allow addresses of the own network? Asked each time: it can change. */
  readonly privateAllowed: () => boolean;
}

const refused = (message: string) => new AppError('webhook_target_refused', message);

/**
 * Where webhooks may go. Checked when an address is entered, for the person who enters it, and again at every delivery:
 * the socket is opened to the very addresses that were checked, so a name that leads elsewhere by then helps nobody.
 */
export class Targets {
  readonly #ports: TargetPorts;

  constructor(ports: TargetPorts) {
    this.#ports = ports;
  }

  /** @throws AppError `webhook_target_refused` with what to do */
  async check(text: string): Promise<void> {
    const url = this.parse(text);
    const host = hostOf(url);
    if (isIP(host)) return;
    const found = await this.#ports.resolve(host).catch(() => []);
    if (found.length === 0) throw refused(`The name ${host} was not found. Check the address.`);
    this.#judge(found, isSecure(url), host);
  }

  /** What can be told without asking for the name's addresses. */
  parse(text: string): URL {
    const url = URL.parse(text);
    if (!url || !/^https?:$/.test(url.protocol) || url.hostname === '')
      throw refused('Enter a whole address, such as https://hooks.example.org/atelier.');
    if (url.username !== '' || url.password !== '')
      throw refused('Leave user name and password out of the address: deliveries are signed instead.');
    if (!isSecure(url) && !this.#ports.privateAllowed())
      throw refused(
        'Webhooks go by https only. The owner of the studio can allow http to addresses of the own network.',
      );
    const host = hostOf(url);
    if (isIP(host)) this.#judge([{ address: host, family: isIP(host) }], isSecure(url), host);
    return url;
  }

  /** Resolves for a socket, and lets it have checked addresses only. Node asks it for names, never for addresses. */
  lookup(url: URL): LookupFunction {
    return (host, { all }, done) => {
      void this.#ports
        .resolve(host)
        .then((found) => {
          if (found.length === 0) throw Object.assign(new Error('not found'), { code: 'ENOTFOUND' });
          this.#judge(found, isSecure(url), host);
          return found;
        })
        .then(
          ([...found]) => (all ? done(null, found) : done(null, found[0]?.address ?? '', found[0]?.family)),
          (error: NodeJS.ErrnoException) => done(error, []),
        );
    };
  }

  /** One bad address among good ones is a bad name. */
  #judge(found: readonly Address[], secure: boolean, host: string): void {
    const reaches = new Set(found.map(({ address }) => reachOf(address)));
    if (reaches.has('never')) throw refused(`${host} leads to a reserved address, where webhooks never go.`);
    if (reaches.has('private') && !this.#ports.privateAllowed())
      throw refused(
        `${host} leads into a private network. The owner of the studio can allow webhooks to such addresses.`,
      );
    if (reaches.has('public') && !secure)
      throw refused(`${host} is on the internet, where webhooks go by https only. Use https://.`);
  }
}

const isSecure = (url: URL): boolean => url.protocol === 'https:';

/** Without the brackets of an IPv6 address. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, '$1');
