import { create } from 'zustand';

/** A file on its way up or down, as the tray shows it. */
export interface Transfer {
  readonly id: string;
  readonly name: string;
  readonly direction: 'up' | 'down';
  /** Bytes. */
  readonly done: number;
  /** Bytes; null while nobody knows. */
  readonly total: number | null;
  readonly state: 'moving' | 'done' | 'failed';
  readonly error: string;
  readonly cancel?: (() => void) | undefined;
  readonly retry?: (() => void) | undefined;
}

export const useTransfers = create<{ readonly all: readonly Transfer[] }>(() => ({ all: [] }));

let counted = 0;

/** What is done leaves the tray by itself; what broke off stays until somebody has seen it. */
const staysMs = 5000;

function change(id: string, next: Partial<Transfer>): void {
  useTransfers.setState(({ all }) => ({
    all: all.map((one) => (one.id === id ? { ...one, ...next } : one)),
  }));
}

function drop(id: string): void {
  useTransfers.setState(({ all }) => ({ all: all.filter((one) => one.id !== id) }));
}

export interface TransferHandle {
  readonly id: string;
  progress(done: number, total?: number): void;
  finish(): void;
  fail(error: string): void;
  /** Takes it out of the tray: it was stopped on purpose. */
  drop(): void;
}

type Begun = Pick<Transfer, 'name' | 'direction'> & Partial<Pick<Transfer, 'total' | 'cancel' | 'retry'>>;

/** Registers a transfer with the tray; whoever moves the bytes tells of them through the handle. */
export function beginTransfer({ name, direction, total = null, cancel, retry }: Begun): TransferHandle {
  counted += 1;
  const id = String(counted);
  const begun: Transfer = { id, name, direction, done: 0, total, state: 'moving', error: '', cancel, retry };
  useTransfers.setState(({ all }) => ({ all: [...all, begun] }));
  return {
    id,
    progress: (done, of) => change(id, { done, ...(of === undefined ? {} : { total: of }) }),
    finish() {
      const { total: known, done } = useTransfers.getState().all.find((one) => one.id === id) ?? begun;
      change(id, { state: 'done', done: known ?? done });
      setTimeout(() => drop(id), staysMs);
    },
    fail: (error) => change(id, { state: 'failed', error }),
    drop: () => drop(id),
  };
}

/** Forgets all that move no more. */
export function clearTransfers(): void {
  useTransfers.setState(({ all }) => ({ all: all.filter(({ state }) => state === 'moving') }));
}

/** All of them in one figure: how many move, how many broke off, and how far the bytes are. */
export function summary(all: readonly Transfer[]): { moving: number; failed: number; percent: number } {
  const moving = all.filter(({ state }) => state === 'moving');
  const known = moving.filter((one): one is Transfer & { total: number } => (one.total ?? 0) > 0);
  const total = known.reduce((sum, one) => sum + one.total, 0);
  const done = known.reduce((sum, one) => sum + Math.min(one.done, one.total), 0);
  return {
    moving: moving.length,
    failed: all.filter(({ state }) => state === 'failed').length,
    percent: total === 0 ? 0 : Math.floor((done / total) * 100),
  };
}
