import type { Row } from './rows.ts';

export const studioRows: Readonly<Record<string, Row>> = {
  getStudio: () => ({ ok: 200 }),
};
