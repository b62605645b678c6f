import type { TFunction } from 'i18next';

const thisYear = new Intl.DateTimeFormat('en', { weekday: 'long', day: 'numeric', month: 'long' });
const otherYear = new Intl.DateTimeFormat('en', {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});

/** A day as people call it. */
export function dayName(t: TFunction, day: string, now: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const meant = new Date(year, month - 1, date);
  const today = new Date(now);
  const daysAgo = (count: number) =>
    new Date(today.getFullYear(), today.getMonth(), today.getDate() - count).getTime();
  if (meant.getTime() === daysAgo(0)) return t('gallery.today');
  if (meant.getTime() === daysAgo(1)) return t('gallery.yesterday');
  return (year === today.getFullYear() ? thisYear : otherYear).format(meant);
}
