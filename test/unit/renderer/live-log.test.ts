import { afterEach, describe, expect, it } from 'vitest';
import { live, useLive } from '../../../renderer/state/live.ts';

const task_id = '019abc12-9012-7890-abcd-ef1234567896';
const timestamp = '2026-11-23T08:00:00.000Z';
const log = (first_line: number, ...lines: string[]) => live.log({ task_id, timestamp, first_line, lines });
const shown = () => useLive.getState()[task_id]?.log;

afterEach(() => useLive.setState({}, true));

describe('the log of a running task', () => {
  it('shows each line once, also when two streams or a reconnect bring it again', () => {
    log(0, 'a', 'b');
    log(0, 'a', 'b');
    log(1, 'b', 'c');
    log(3, 'd');
    expect(shown()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('begins where the gateway’s memory of it begins', () => {
    log(120, 'late');
    log(121, 'later');
    expect(shown()).toEqual(['late', 'later']);
  });

  it('begins anew after a gap', () => {
    log(0, 'a');
    log(5, 'f', 'g');
    log(7, 'h');
    expect(shown()).toEqual(['f', 'g', 'h']);
  });

  it('stays readable when the task begins anew on another agent', () => {
    log(0, 'a');
    live.restart(task_id);
    log(1, 'b');
    expect(shown()).toEqual(['a', 'b']);
  });
});
