import { may, type Operation } from '#shared/rights.ts';
import { teamOf, useConnection } from './connection.ts';

/** Asks whether the signed-in person may call an operation in the current team. */
export function useMay(): (operation: Operation) => boolean {
  const role = useConnection((state) => teamOf(state.profile)?.team_role);
  return (operation) => may(role, operation);
}
