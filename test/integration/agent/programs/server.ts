import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A server for the supervisor to run. Modes: `serve`, `serve-with-child` (a grandchild that ends only when killed),
 * `fall-over` (ends at once, with last words), `deaf` (ignores SIGTERM).
 */
const [mode = 'serve', token = ''] = process.argv.slice(2);
if (mode === 'fall-over') {
  process.stderr.write('cannot open the shutters\n');
  process.exit(3);
}
if (mode === 'deaf') process.on('SIGTERM', () => undefined);
const child =
  mode === 'serve-with-child'
    ? spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
    : undefined;
const server = createServer((request, response) => {
  // A second of processor time.
  for (const end = performance.now() + 1000; request.url === '/compute' && performance.now() < end; );
  response.end(
    JSON.stringify({ token, pid: process.pid, child: child?.pid, secret: process.env.TEST_SECRET }),
  );
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
