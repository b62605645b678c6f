import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import {
  type AgentMessage,
  agentMessage,
  linkClose,
  linkMaxMessage,
  linkPath,
  linkProtocol,
} from '#shared/link/protocol.ts';
import type { AgentSession } from '../../agents/session.ts';
import { guard } from '../../http/guard.ts';
import type { Rooms } from '../../rooms.ts';

const helloMs = 5000;

/** Answers the agent link on the gateway's own server. Everything is checked before the handshake. */
export function attachLink(server: Server, rooms: Rooms, hosts: () => ReadonlySet<string>): () => void {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: linkMaxMessage,
    perMessageDeflate: false,
  });
  const upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    // The server has let go of this connection: an error of it that nobody hears would end the whole process.
    const broken = (): void => void stream.destroy();
    stream.on('error', broken);
    const refused = refusal(request, rooms, hosts());
    if (typeof refused === 'string') {
      stream.once('finish', broken);
      stream.end(`HTTP/1.1 ${refused}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    stream.off('error', broken);
    sockets.handleUpgrade(request, stream, head, (socket) => welcome(socket, refused, rooms));
  };
  server.on('upgrade', upgrade);
  return () => {
    server.off('upgrade', upgrade);
    for (const socket of sockets.clients) socket.terminate();
    sockets.close();
  };
}

/** The agent key that opened a link. */
interface Opener {
  readonly key: string;
  readonly credentialId: string;
  readonly teamId: string;
}

function refusal(request: IncomingMessage, { identity }: Rooms, hosts: ReadonlySet<string>): string | Opener {
  if ((request.url ?? '').split('?')[0] !== linkPath) return '404 Not Found';
  const { host, origin, authorization } = request.headers;
  // Agents are no browsers: whoever sends an Origin is a page.
  if (origin !== undefined || guard({ method: 'GET', host, origin, fetchSite: undefined }, hosts))
    return '403 Forbidden';
  const key = /^Bearer (ak-\S+)$/i.exec(authorization ?? '')?.[1];
  if (key === undefined) return '401 Unauthorized';
  const credential = identity.verifyKey(key);
  return credential?.kind === 'agent'
    ? { key, credentialId: credential.id, teamId: credential.team_id }
    : '401 Unauthorized';
}

/** Waits for the hello, then passes messages on in their order. */
function welcome(
  socket: WebSocket,
  { key, credentialId, teamId }: Opener,
  { agents, config, identity }: Rooms,
): void {
  let session: Promise<AgentSession> | undefined;
  const patience = setTimeout(() => socket.close(linkClose.badMessage, 'no hello'), helloMs);
  const failed = (error: unknown): void => {
    config.log.error({ err: error }, 'an agent could not be welcomed');
    socket.terminate();
  };
  /** What happens to a session that came about; why one did not is said once, below. */
  const afterWelcome = (act: (known: AgentSession) => void): void => void session?.then(act, () => undefined);
  socket.on('error', () => socket.terminate());
  socket.on('close', () => {
    clearTimeout(patience);
    afterWelcome((known) => agents.disconnect(known, socket));
  });
  socket.on('message', (data, binary) => {
    // A link may last for weeks; its key can be revoked or expire meanwhile.
    if (!identity.verifyKey(key)) {
      socket.close(linkClose.badCredential, 'this key is expired or revoked');
      return;
    }
    const message = binary ? undefined : parse(String(data));
    if (!message || (message.type === 'hello') === (session !== undefined)) {
      socket.close(linkClose.badMessage, 'not a message of this protocol');
      return;
    }
    if (message.type !== 'hello') {
      afterWelcome((known) => agents.receive(known, message));
      return;
    }
    clearTimeout(patience);
    if (message.protocol !== linkProtocol) {
      socket.close(linkClose.badProtocol, `this gateway speaks version ${linkProtocol}`);
      return;
    }
    const known = agents.isConnected(teamId, message.agent_id);
    if (!known && agents.connected >= identity.features.limit('global', 'max_agents')) {
      // "Try again later": another agent may go, or the quota be raised.
      socket.close(1013, 'the quota max_agents of this studio is used up');
      return;
    }
    session = agents.connect(socket, teamId, message, credentialId);
    session.catch(failed);
  });
}

function parse(text: string): AgentMessage | undefined {
  try {
    return agentMessage.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
