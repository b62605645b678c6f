import type { Rooms } from '../../rooms.ts';

/** For routes where somebody could guess: so many tries a minute and address. */
export const fewTries = (rooms: Rooms, times = 1) => ({
  // A function: the API document is made from routes without rooms.
  config: { rateLimit: { max: () => rooms.config.limits.triesPerMinute * times, timeWindow: '1 minute' } },
});
