import { pino } from 'pino';
import { createGateway } from '../../../../../electron/gateway/gateway.ts';

/**
 * Opens a data folder in two days' time and cleans it up. Dies at the n-th object: its row is gone, its bytes are there
 * still; or, with `rows`, between two pages of rows.
 */
const [, , dataDir = '', where = ''] = process.argv;
const clock = () => Date.now() + 2 * 86_400_000;
const log = pino({ level: 'silent' });
const { rooms } = await createGateway({ dataDir, version: '0', log, port: 0, clock });
const { objects, store } = rooms;
const die = () => process.kill(process.pid, 'SIGKILL');

let seen = 0;
const remove = objects.remove.bind(objects);
objects.remove = (sha256, before, release) =>
  remove(sha256, before, async () => {
    const gone = await release();
    seen += 1;
    if (seen === Number(where)) die();
    return gone;
  });
if (where === 'rows') {
  const write = store.write.bind(store);
  store.write = async (work, options) => {
    const result = await write(work, options);
    die();
    return result;
  };
}
await rooms.janitor.sweep();
process.stdout.write('swept');
process.exit(0);
