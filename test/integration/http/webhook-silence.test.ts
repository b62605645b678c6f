import { expect, it } from 'vitest';
import { openReceiver } from '../../helpers/webhook-receiver.ts';
import { Hooks } from './webhook-support.ts';

const hooks = new Hooks(3000);

it('retries what is not answered in time, and says so', async () => {
  await hooks.allowPrivate();
  const silent = await openReceiver();
  silent.answer = () => undefined;
  const id = await hooks.add(silent.url);
  await hooks.finish();
  expect(await hooks.logAfter(id, 1)).toMatchObject({
    delivery_status: 'waiting',
    attempts: [{ status_code: null, error: 'No answer within 3 s.' }],
  });
});

it('shows the beginning of an answer that has no end', async () => {
  await hooks.allowPrivate();
  const receiver = await openReceiver();
  const id = await hooks.add(receiver.url);
  receiver.answer = (reply) => void reply.writeHead(200).write('x'.repeat(9000));
  const long = await hooks.test(id);
  expect(long.attempts[0]?.response_body).toBe('x'.repeat(1000));
  receiver.answer = (reply) => void reply.writeHead(201).write('half');
  expect((await hooks.call('POST', `/${id}/test`)).body).toMatchObject({
    delivery_status: 'delivered',
    attempts: [{ status_code: 201, response_body: 'half' }],
  });
});
