import { convertUi } from '#shared/comfy/convert/convert.ts';
import { info, textToPicture } from '../../unit/shared/comfy/fixture.ts';
import { median, ms, type Row, ratio } from '../row.ts';

/** The editor's file of 1,000 nodes to the graph that engines run, against reading the same file as JSON. */
export async function conversion(): Promise<Row[]> {
  const text = JSON.stringify(manyPictures(143));
  const [reading, converting]: [number[], number[]] = [[], []];
  let nodes = 0;
  for (let n = 0; n < 60; n += 1) {
    const began = performance.now();
    const file = JSON.parse(text) as Record<string, unknown>;
    const read = performance.now();
    nodes = Object.keys(convertUi(file, info).graph).length;
    converting.push(performance.now() - read);
    reading.push(read - began);
  }
  return [
    {
      what: 'a workflow of 1,000 nodes converted',
      value: ms(median(converting)),
      reach: '≤ 20 ms',
      detail: `${nodes} nodes, ${(text.length / 1000).toFixed(0)} kB; ${ratio(median(converting) / median(reading))} of reading it as JSON (${ms(median(reading))})`,
    },
  ];
}

interface Drawing {
  nodes: { id: number; inputs?: { link: number | null }[]; outputs?: { links?: number[] | null }[] }[];
  links: [number, number, number, number, number, ...unknown[]][];
}

/** The same small workflow so many times in one file, each with ids of its own. */
function manyPictures(count: number): object {
  const one = textToPicture() as unknown as Drawing;
  const all: Drawing = { nodes: [], links: [] };
  for (let n = 0; n < count; n += 1) {
    const copy = structuredClone(one);
    const [node, link] = [n * 100, n * 100];
    for (const each of copy.nodes) {
      each.id = Number(each.id) + node;
      for (const input of each.inputs ?? []) if (input.link !== null) input.link += link;
      for (const output of each.outputs ?? []) output.links = output.links?.map((id) => id + link) ?? null;
    }
    for (const each of copy.links) {
      each[0] += link;
      each[1] += node;
      each[3] += node;
    }
    all.nodes.push(...copy.nodes);
    all.links.push(...copy.links);
  }
  return { ...one, ...all };
}
