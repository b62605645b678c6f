import { expect, test } from 'vitest';
import { decodePng } from '../../../../electron/starter-engine/images/png-decode.ts';
import { encodePng } from '../../../../renderer/components/run-form/mask/png.ts';

test('keeps the colour of every pixel, also of those that the mask makes transparent', async () => {
  const [width, height] = [7, 5];
  const data = Uint8ClampedArray.from({ length: width * height * 4 }, (_, at) => (at * 37 + 11) % 256);
  const blob = await encodePng({ width, height, data }, (pixel) => (pixel % 3) * 127);
  const [read] = await decodePng(Buffer.from(await blob.arrayBuffer()));
  expect([read?.width, read?.height]).toEqual([width, height]);
  const pixels = Array.from({ length: width * height }, (_, pixel) => pixel);
  expect([...(read?.rgb ?? [])]).toEqual(pixels.flatMap((at) => [...data.slice(at * 4, at * 4 + 3)]));
  expect([...(read?.alpha ?? [])]).toEqual(pixels.map((at) => (at % 3) * 127));
});
