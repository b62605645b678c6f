/** Numbers as people say them: 1 min 20 s, 3.2 GB, 2 min ago, 2nd. */

export function duration(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' });

const spans = [
  { unit: 'day', seconds: 86_400 },
  { unit: 'hour', seconds: 3600 },
  { unit: 'minute', seconds: 60 },
] as const;

export function ago(iso: string, now: number): string {
  const seconds = (Date.parse(iso) - now) / 1000;
  const span = spans.find((one) => Math.abs(seconds) >= one.seconds);
  return span ? relative.format(Math.round(seconds / span.seconds), span.unit) : 'just now';
}

const clock = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' });
const shortClock = new Intl.DateTimeFormat('en', { timeStyle: 'medium', hourCycle: 'h23' });
export const moment = (iso: string): string => clock.format(Date.parse(iso));
export const timeOfDay = (iso: string): string => shortClock.format(Date.parse(iso));

export { bytesInWords as bytes } from '#shared/sizes.ts';

const ordinals = new Intl.PluralRules('en', { type: 'ordinal' });
const endings: Readonly<Record<string, string>> = { one: 'st', two: 'nd', few: 'rd', other: 'th' };
export const ordinal = (count: number): string => `${count}${endings[ordinals.select(count)] ?? 'th'}`;
