import { describe, expect, it } from 'vitest';
import { WaitingQueue, type WaitingTask } from '../../../../electron/gateway/scheduling/waiting-queue.ts';
import { task } from './builders.ts';

function queueOf(...tasks: WaitingTask[]): WaitingQueue {
  const queue = new WaitingQueue();
  for (const one of tasks) queue.add(one);
  return queue;
}

/** Serves everybody; the result is the order. */
function serve(queue: WaitingQueue, most = Number.POSITIVE_INFINITY): string[] {
  const served: string[] = [];
  for (let next = queue.next(() => true); next && served.length < most; next = queue.next(() => true)) {
    queue.take(next.id);
    served.push(next.id);
  }
  return served;
}

const batch = (who: string, ids: string[], fields: Partial<WaitingTask> = {}): WaitingTask[] =>
  ids.map((id) => task(id, who, fields));

describe('fairness', () => {
  it('serves submitters in turn, not one batch first', () => {
    const queue = queueOf(
      ...batch('ada', ['01', '02', '03', '04']),
      ...batch('bob', ['05', '06']),
      ...batch('eve', ['07']),
    );
    expect(serve(queue)).toEqual(['01', '05', '07', '02', '06', '03', '04']);
  });

  it('serves who joins after one turn of each, and not after the batches that stand there', () => {
    const queue = queueOf(...batch('ada', ['01', '02', '03']), ...batch('bob', ['04', '05', '06']));
    expect(serve(queue, 2)).toEqual(['01', '04']);
    queue.add(task('07', 'eve'));
    expect(serve(queue, 3)).toEqual(['02', '07', '05']);
  });

  it('does not serve a batch twice in a row while somebody new waits', () => {
    const queue = queueOf(...batch('ada', ['01', '02', '03']));
    serve(queue, 1);
    queue.add(task('04', 'bob'));
    expect(serve(queue)).toEqual(['04', '02', '03']);
  });

  it('gives nobody an advantage by sending one at a time', () => {
    const queue = queueOf(...batch('ada', ['01', '02', '03', '04']));
    const served: string[] = [];
    for (let n = 0; n < 6; n += 1) {
      if (!queue.get('90')) queue.add(task('90', 'bob'));
      served.push(...serve(queue, 1));
    }
    expect(served.filter((id) => id === '90')).toHaveLength(3);
  });

  it('uses up a turn whatever was run in it', () => {
    const queue = queueOf(task('01', 'ada', {}, { labels: ['x'] }), task('02', 'ada'), task('03', 'bob'));
    expect(serve(queue)).toEqual(['01', '03', '02']);
  });
});

describe('order', () => {
  it('puts higher priority first, and is fair within a priority', () => {
    const queue = queueOf(
      ...batch('ada', ['01', '02']),
      ...batch('ada', ['03', '04'], { priority: 5 }),
      ...batch('bob', ['05'], { priority: 5 }),
      ...batch('bob', ['06'], { priority: -5 }),
    );
    expect(serve(queue)).toEqual(['03', '05', '04', '01', '02', '06']);
  });

  it('keeps one submitter’s tasks in the order of submission, whatever they need', () => {
    const queue = queueOf(
      task('01', 'ada', {}, { labels: ['a'] }),
      task('02', 'ada', {}, { labels: ['b'] }),
      task('03', 'ada', {}, { labels: ['a'] }),
    );
    expect(serve(queue)).toEqual(['01', '02', '03']);
  });

  it('gives a task that comes back its old place', () => {
    const queue = queueOf(...batch('ada', ['01', '02', '03']));
    serve(queue, 1);
    queue.add(task('01', 'ada'));
    expect(serve(queue)).toEqual(['01', '02', '03']);
  });

  it('keeps the order of thousands that came at once and are served and cancelled in between', () => {
    const ids = Array.from({ length: 5000 }, (_, n) => String(n).padStart(5, '0'));
    const queue = queueOf(...batch('ada', ids));
    const first = serve(queue, 2500);
    for (const id of ids) if (Number(id) % 3 === 0) queue.remove(id);
    expect([...first, ...serve(queue)]).toEqual(
      ids.filter((id, index) => index < 2500 || Number(id) % 3 !== 0),
    );
    expect(queue.size).toBe(0);
  });
});

describe('what can start', () => {
  it('passes over tasks that cannot start now, and asks once for each kind', () => {
    const queue = queueOf(
      task('01', 'ada', {}, { labels: ['rare'] }),
      task('02', 'ada', {}, { labels: ['rare'] }),
      task('03', 'ada'),
    );
    const asked: string[] = [];
    const next = queue.next(({ id, requirements }) => {
      asked.push(id);
      return requirements.labels.length === 0;
    });
    expect(next?.id).toBe('03');
    expect(asked).toEqual(['01', '03']);
  });

  it('goes down to a lower priority when nothing above can start', () => {
    const queue = queueOf(task('01', 'ada', { priority: 9 }, { labels: ['rare'] }), task('02', 'bob'));
    expect(queue.next(({ requirements }) => requirements.labels.length === 0)?.id).toBe('02');
  });

  it('has nothing when nothing can start', () => {
    expect(queueOf(task('01')).next(() => false)).toBeUndefined();
    expect(new WaitingQueue().next(() => true)).toBeUndefined();
  });
});

describe('places', () => {
  it('says the place at which each task will be served', () => {
    const queue = queueOf(
      ...batch('ada', ['01', '02', '03', '04']),
      ...batch('bob', ['05', '06']),
      ...batch('eve', ['07'], { priority: 1 }),
    );
    const ids = ['01', '02', '03', '04', '05', '06', '07'];
    const places = new Map(ids.map((id) => [queue.position(id), id]));
    expect([...places].sort(([a], [b]) => (a ?? 0) - (b ?? 0)).map(([, id]) => id)).toEqual(serve(queue));
  });

  it('has none for a task that does not stand in line', () => {
    const queue = queueOf(task('01'));
    queue.remove('01');
    expect(queue.position('01')).toBeNull();
  });
});

it('takes a task once, however often it is added', () => {
  const queue = queueOf(task('01'), task('01'));
  expect(queue.size).toBe(1);
  expect(serve(queue)).toEqual(['01']);
});

it('knows which signatures stand in line', () => {
  const one = task('01', 'ada', {}, { labels: ['a'] });
  const other = task('02', 'bob', {}, { labels: ['a'] });
  const queue = queueOf(one, other);
  queue.remove('01');
  expect(queue.has(one.signature)).toBe(true);
  queue.take('02');
  expect(queue.has(one.signature)).toBe(false);
});

describe('the whole line in order', () => {
  const people = ['ada', 'bob', 'eve', 'joe'];
  const crowd = (count: number) =>
    Array.from({ length: count }, (_, n) => {
      const id = String(n).padStart(4, '0');
      const wanted = { labels: n % 3 === 0 ? ['a'] : [] };
      return task(id, people[(n * n) % 4], { priority: n % 7 === 0 ? 1 : 0 }, wanted);
    });

  it('is what positions say and what serving does, also in the middle of it', () => {
    const queue = queueOf(...crowd(60));
    for (let n = 0; n < 20; n += 1) queue.take(queue.next(() => true)?.id ?? '');
    const ids = [...queue.inOrder()].map(({ id }) => id);
    expect(ids.map((id) => queue.position(id))).toEqual(ids.map((_, index) => index + 1));
    expect(serve(queue)).toEqual(ids);
  });

  it('follows places before ids', () => {
    const queue = queueOf(task('01'), task('02'), task('03', 'ada', { place: '00' }));
    expect([...queue.inOrder()].map(({ id }) => id)).toEqual(['03', '01', '02']);
    expect(queue.position('03')).toBe(1);
    expect(serve(queue)).toEqual(['03', '01', '02']);
  });

  it('counts the tasks of a team', () => {
    const queue = queueOf(task('01'), task('02'));
    const [{ requirements } = task('00')] = queue.inOrder();
    expect(queue.sizeOf(requirements.teamId)).toBe(2);
    queue.remove('01');
    expect(queue.sizeOf(requirements.teamId)).toBe(1);
    expect(queue.sizeOf('elsewhere')).toBe(0);
  });
});
