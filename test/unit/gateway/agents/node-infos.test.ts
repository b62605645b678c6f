import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { info, textToPicture } from '../../shared/comfy/fixture.ts';
import { engine, type FakeAgent, model, Studio, sha256 } from '../studio.ts';

const text = JSON.stringify(info);
const hash = sha256(text);
const told = engine({ node_types: Object.keys(info), node_info_hash: hash });
const wants = (agent: FakeAgent) => agent.sent.filter((message) => message.type === 'want_node_info');

async function open() {
  const studio = await Studio.open();
  return { studio, team: studio.teamId, ...studio.rooms };
}

it('asks an agent for node classes it has never seen, once, and keeps them beyond the connection', async () => {
  const { studio, team, nodeInfos } = await open();
  const agent = await studio.agent({ engines: [told] });
  await agent.engine(told);
  expect(wants(agent)).toEqual([
    expect.objectContaining({ hash, upload_url: expect.stringContaining(hash) }),
  ]);
  expect((await nodeInfos.of(team)).from).toBe('none');
  await nodeInfos.keep(team, hash, Readable.from([Buffer.from(text)]));
  expect(await nodeInfos.of(team)).toEqual({ info, from: 'connected' });
  agent.drop();
  expect(await nodeInfos.of(team)).toEqual({ info, from: 'kept' });
  const other = await studio.agent({ agent_id: 'agent-2', engines: [told] });
  expect(wants(other)).toEqual([]);
});

it('refuses what has another hash, and what is no object', async () => {
  const { team, nodeInfos } = await open();
  await expect(nodeInfos.keep(team, hash, Readable.from([Buffer.from('{}')]))).rejects.toMatchObject({
    code: 'conflict',
  });
  await expect(nodeInfos.keep(team, sha256('[]'), Readable.from([Buffer.from('[]')]))).rejects.toMatchObject({
    code: 'bad_request',
  });
});

it('inspects a workflow with them and judges every agent', async () => {
  const { studio, team, nodeInfos, inspection } = await open();
  const first = await studio.agent({ engines: [told] });
  await first.models([model('checkpoints/sd.safetensors')], [told.name]);
  await studio.agent({ agent_id: 'agent-2', engines: [engine({ node_types: ['SaveImage'] })] });
  await nodeInfos.keep(team, hash, Readable.from([Buffer.from(text)]));
  const seen = await inspection.inspect(team, textToPicture());
  expect(seen).toMatchObject({ format: 'ui', node_info: 'connected', problems: [], unknown_nodes: [] });
  expect(seen.parameters[0]).toMatchObject({ key: 'prompt', default: 'a fox' });
  expect(seen.verdicts).toMatchObject([
    { agent_id: 'agent-1', runs: 'no', missing_models: ['checkpoints/xl.safetensors'] },
    { agent_id: 'agent-2', runs: 'no', missing_nodes: expect.arrayContaining(['KSampler']) },
  ]);
  await expect(inspection.inspect(team, { a: 1 })).rejects.toMatchObject({ code: 'invalid_workflow' });
});
