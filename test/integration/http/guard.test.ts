import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { linkClose, linkPath as path } from '../../../shared/link/protocol.ts';
import { send, withGateway } from './support.ts';

const gateway = withGateway({
  limits: { bodyBytes: 10_000, workflowBytes: 10_000 },
  allowedHosts: ['studio.lan:7788'],
});
const host = () => new URL(gateway.url).host;
const port = () => new URL(gateway.url).port;
const errorOf = (reply: { body: string }) => (JSON.parse(reply.body) as { error_code: string }).error_code;
const signIn = (headers: Record<string, string>) =>
  send(`${gateway.url}/api/v1/auth/local`, { method: 'POST', headers });

/** Raw bytes over a connection; everything that comes back until it is closed. */
function raw(bytes: string): Promise<string> {
  return new Promise((done, failed) => {
    const socket = connect(Number(port()), '127.0.0.1');
    let words = '';
    socket.setEncoding('utf8');
    socket.on('data', (part) => {
      words += String(part);
    });
    socket.on('close', () => done(words));
    socket.on('error', failed);
    socket.write(bytes);
  });
}

describe('Host', () => {
  it('must be a name of this gateway, whatever is asked for', async () => {
    for (const path of ['/api/v1/r/tasks', '/', '/docs', '/files/x', '/nothing']) {
      const reply = await send(gateway.url + path, { headers: { host: `evil.example:${port()}` } });
      expect([reply.status, errorOf(reply)], path).toEqual([403, 'host_not_allowed']);
    }
    for (const name of ['localhost', '127.0.0.1:1', '127.0.0.1.evil.example', `evil.example@${host()}`]) {
      expect((await signIn({ host: name })).status, name).toBe(403);
    }
  });

  it('may be any name it is reached by, in any case', async () => {
    for (const name of [`localhost:${port()}`, `LocalHost:${port()}`, `[::1]:${port()}`, 'Studio.lan:7788']) {
      expect((await signIn({ host: name })).status, name).toBe(200);
    }
  });
});

describe('Origin', () => {
  it('of another page is refused, for reading as for writing', async () => {
    for (const origin of [
      'http://evil.example',
      'null',
      `https://evil.example:${port()}`,
      `http://127.0.0.1:${Number(port()) + 1}`,
      `file://${host()}`,
      'nonsense',
    ]) {
      const reply = await signIn({ origin });
      expect([reply.status, errorOf(reply)], origin).toEqual([403, 'origin_not_allowed']);
      expect((await send(`${gateway.url}/api/v1/users/me`, { headers: { origin } })).status, origin).toBe(
        403,
      );
    }
  });

  it('of its own page is fine', async () => {
    expect((await signIn({ origin: `http://${host()}` })).status).toBe(200);
  });

  it('is not missed where a browser says that another site sends: writing is refused', async () => {
    for (const site of ['cross-site', 'same-site']) {
      expect((await signIn({ 'sec-fetch-site': site })).status, site).toBe(403);
    }
    for (const site of ['same-origin', 'none']) {
      expect((await signIn({ 'sec-fetch-site': site })).status, site).toBe(200);
    }
  });

  it('gets no permission to read across sites', async () => {
    const reply = await send(`${gateway.url}/api/v1/r/tasks`, {
      method: 'OPTIONS',
      headers: { origin: 'http://evil.example', 'access-control-request-method': 'POST' },
    });
    expect(reply.headers).not.toHaveProperty('access-control-allow-origin');
  });
});

describe('bodies', () => {
  const post = (headers: Record<string, string>, body: string) =>
    send(`${gateway.url}/api/v1/workflows/import`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.keys.device}`, ...headers },
      body,
    });
  const json = { 'content-type': 'application/json' };

  it.each([
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/plain',
    'application/xml',
  ])('of type %s are refused', async (type) => {
    const reply = await post({ 'content-type': type }, 'workflow_slug=a');
    expect([reply.status, errorOf(reply)]).toEqual([415, 'unsupported_media_type']);
  });

  it('without a type are refused', async () => {
    expect((await post({}, '{}')).status).toBe(415);
  });

  it.each(['{', '{"a":}', 'workflow_slug=a', '{"a":1}{"b":2}', '\u0000'])(
    'that are broken JSON are a 400: %j',
    async (body) => {
      const reply = await post(json, body);
      expect([reply.status, errorOf(reply)]).toEqual([400, 'bad_request']);
    },
  );

  it('that would change the prototype of objects are a 400', async () => {
    const reply = await post(json, '{"workflow_slug":"ab","__proto__":{"admin":true}}');
    expect(reply.status).toBe(400);
  });

  it.each(['[]', '"text"', '7', 'true'])('that are JSON but no object are a 400: %s', async (body) => {
    const reply = await post(json, body);
    expect([reply.status, errorOf(reply)]).toEqual([400, 'validation_failed']);
  });

  it('over the limit are a 413, announced or not', async () => {
    const long = JSON.stringify({ description: 'x'.repeat(20_000) });
    const announced = await post({ ...json, 'content-length': String(long.length) }, long);
    expect([announced.status, errorOf(announced)]).toEqual([413, 'too_large']);
    const streamed = await post({ ...json, 'transfer-encoding': 'chunked' }, long);
    expect([streamed.status, errorOf(streamed)]).toEqual([413, 'too_large']);
  });

  it('are not read for a caller without a credential', async () => {
    const reply = await post({ ...json, authorization: '' }, 'x'.repeat(20_000));
    expect(reply.status).toBe(401);
  });
});

describe('every reply', () => {
  it('carries the security headers, errors included', async () => {
    for (const path of [
      '/api/v1/users/me',
      '/api/v1/nothing',
      '/nothing',
      '/api/v1/%zz',
      '/docs/static/index.html',
    ]) {
      const { headers } = await send(gateway.url + path);
      expect(headers, path).toMatchObject({
        'content-security-policy': expect.stringContaining("default-src 'self'"),
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      });
    }
  });

  it('of the API is in the error envelope when there is nothing, or an address that can’t be read', async () => {
    for (const [path, status, code] of [
      ['/api/v1/nothing', 404, 'not_found'],
      ['/nothing', 404, 'not_found'],
      ['/files/nothing', 403, 'signature_invalid'],
      ['/api/v1/%zz', 400, 'bad_request'],
      ['/files/%zz', 400, 'bad_request'],
    ] as const) {
      const reply = await send(gateway.url + path);
      expect([reply.status, errorOf(reply)], path).toEqual([status, code]);
      expect(JSON.parse(reply.body)).toMatchObject({ error_message: expect.stringMatching(/\S/) });
    }
  });

  it('is an envelope even to what is no HTTP', async () => {
    const words = await raw('NONSENSE\r\n\r\n');
    expect(words).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(JSON.parse(words.split('\r\n\r\n')[1] ?? '')).toMatchObject({ error_code: 'bad_request' });
  });
});

describe('the agent link', () => {
  const upgrade = (headers: Record<string, string>) => {
    const all = {
      Host: host(),
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
      ...headers,
    };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    return raw(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
  };

  it('opens to agent keys only', async () => {
    for (const key of [gateway.keys.integration, gateway.keys.device, gateway.keys.jwt, 'ak-made-up', '']) {
      expect(await upgrade({ Authorization: `Bearer ${key}` })).toMatch(/^HTTP\/1\.1 401 /);
    }
  });

  it('is closed to pages and to other names', async () => {
    const authorization = { Authorization: `Bearer ${gateway.keys.agent}` };
    expect(await upgrade({ ...authorization, Origin: gateway.url })).toMatch(/^HTTP\/1\.1 403 /);
    expect(await upgrade({ ...authorization, Host: 'evil.example' })).toMatch(/^HTTP\/1\.1 403 /);
  });

  it('ends at the next message once its key is revoked', async () => {
    const { identity } = gateway.gateway.rooms;
    const { id, raw: key } = await identity.credentials.create({
      kind: 'agent',
      name: 'lost machine',
      teamId: gateway.owner.teamId,
    });
    const socket = new WebSocket(gateway.url.replace('http', 'ws') + path, {
      headers: { authorization: `Bearer ${key}` },
    });
    await once(socket, 'open');
    await identity.credentials.revoke(gateway.owner.teamId, id);
    socket.send('{}');
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(linkClose.badCredential);
  });

  it('outlives callers who hang up in the middle of a refusal', async () => {
    for (let n = 0; n < 20; n += 1) {
      await new Promise<void>((done) => {
        const socket = connect(Number(port()), '127.0.0.1', () => {
          socket.write(
            `GET ${path} HTTP/1.1\r\nHost: ${host()}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
            () => socket.resetAndDestroy(),
          );
        });
        socket.on('error', () => undefined);
        socket.on('close', () => done());
      });
    }
    expect((await send(`${gateway.url}/api/v1/users/me`)).status).toBe(401);
  });
});
