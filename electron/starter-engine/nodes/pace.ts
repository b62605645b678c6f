import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Pace } from '../images/pixels.ts';
import type { NodeContext } from './node.ts';

/** How long a node may keep the event loop to itself, in milliseconds. */
const turn = 25;

/** Gives way to sockets and interrupts every 25 ms of work. */
export function paceOf(context: NodeContext): Pace {
  let started = performance.now();
  return async () => {
    if (performance.now() - started < turn) return;
    await nextTurn();
    context.throwIfInterrupted();
    started = performance.now();
  };
}
