import { describe, expect, it } from 'vitest';
import {
  canMove,
  isTerminal,
  legalMoves,
  sourcesOf,
  taskStatuses,
  terminalStatuses,
} from '#shared/task-states.ts';

describe('the life of a task', () => {
  it('ends in exactly three ways', () => {
    expect(taskStatuses.filter(isTerminal)).toEqual([...terminalStatuses]);
  });

  it('can be cancelled from every state that is not an end', () => {
    for (const status of taskStatuses) expect(canMove(status, 'cancelled')).toBe(!isTerminal(status));
  });

  it('never goes back to pending, and never skips from waiting to running', () => {
    expect(sourcesOf('pending')).toEqual([]);
    expect(canMove('waiting', 'running')).toBe(false);
  });

  it('can reach an end from every state', () => {
    const reaches = (from: (typeof taskStatuses)[number], seen: Set<string>): boolean =>
      isTerminal(from) || legalMoves[from].some((to) => !seen.has(to) && reaches(to, new Set([...seen, to])));
    for (const status of taskStatuses) expect(reaches(status, new Set([status]))).toBe(true);
  });
});
