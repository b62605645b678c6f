import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { forget, recall, remember } from '../../../../renderer/components/run-form/remember.ts';

/** A browser's storage with room for so many characters. */
class Room {
  readonly kept = new Map<string, string>();
  room = Number.POSITIVE_INFINITY;

  getItem(key: string): string | null {
    return this.kept.get(key) ?? null;
  }

  setItem(key: string, text: string): void {
    const others = [...this.kept]
      .filter(([name]) => name !== key)
      .reduce((sum, [, one]) => sum + one.length, 0);
    if (others + text.length > this.room) throw new Error('full');
    this.kept.set(key, text);
  }

  removeItem(key: string): void {
    this.kept.delete(key);
  }
}

let room: Room;
beforeEach(() => {
  room = new Room();
  vi.stubGlobal('localStorage', room);
});
afterEach(() => vi.unstubAllGlobals());

test('gives back what a form held, and forgets it when told', () => {
  remember('a', { width: 1 });
  expect(recall('a')).toEqual({ width: 1 });
  forget('a');
  expect(recall('a')).toBeNull();
});

test('keeps the forms that were used last, no more than forty', () => {
  for (let n = 0; n < 50; n += 1) remember(`form-${n}`, { n });
  remember('form-10', { n: 10 });
  expect([recall('form-9'), recall('form-10'), recall('form-49')]).toEqual([null, { n: 10 }, { n: 49 }]);
  remember('form-50', {});
  expect([recall('form-11'), recall('form-12')]).toEqual([null, { n: 12 }]);
});

test('lets go of old forms when the browser is full, and of one that is too large', () => {
  room.room = 400;
  for (const slug of ['a', 'b', 'c']) remember(slug, 'x'.repeat(120));
  remember('d', 'y'.repeat(200));
  expect([recall('a'), recall('d')]).toEqual([null, 'y'.repeat(200)]);
  remember('d', 'z'.repeat(300_000));
  expect(recall('d')).toBeNull();
});

test('survives what others wrote there', () => {
  room.kept.set('atelier.form.a', '{not json');
  room.kept.set('atelier.forms', '7');
  expect(recall('a')).toBeNull();
  remember('a', 1);
  expect(recall('a')).toBe(1);
});
