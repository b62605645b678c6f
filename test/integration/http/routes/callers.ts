import type { Right } from '../../../../shared/rights.ts';
import { type Role, roleAtLeast } from '../../../../shared/wire/common.ts';
import type { World } from './world.ts';

/** What a route has to say to a caller, before it looks at anything else: come in, or a status. */
type Answer = 'in' | 400 | 401 | 403;

export interface Visitor {
  readonly name: string;
  readonly token: string | null;
  readonly team?: string;
  readonly expected: Answer;
}

const team = (right: Right): boolean => 'role' in right;

/** A signed-in user with a role in the team that they name. */
function asRole(right: Right, role: Role | undefined, operator = false): Answer {
  if (right.scope === 'device') return 403;
  if (right.scope === 'operator') return operator ? 'in' : 403;
  if (!('role' in right)) return 'in';
  return role && roleAtLeast(role, right.role) ? 'in' : 403;
}

function asKey(right: Right, kind: 'sk' | 'dk' | 'ak'): Answer {
  if (right.scope === 'anyone') return 'in';
  if (kind === 'ak') return 403;
  if (kind === 'sk') return right.scope === 'runtime' && roleAtLeast('member', right.role) ? 'in' : 403;
  return right.scope === 'jwt-only' || right.scope === 'session' || right.scope === 'operator' ? 403 : 'in';
}

/** Everybody who may stand before a route, and what the table of rights says to them. */
export function visitors(world: World, right: Right): Visitor[] {
  const { gateway, keys } = world;
  const home = gateway.owner.teamId;
  const open = right.scope === 'anyone';
  const unknown: Answer = open ? 'in' : 401;
  const noTeam = (other: Answer): Answer => (team(right) ? 400 : other);
  const owner = asRole(right, 'owner', true);
  return [
    { name: 'nobody', token: null, expected: unknown },
    { name: 'a made-up token', token: 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.', team: home, expected: unknown },
    { name: 'a made-up key', token: 'sk-made-up', expected: unknown },
    { name: 'an expired key', token: keys.expired, expected: unknown },
    { name: 'a revoked sk- key', token: keys.revoked, expected: unknown },
    { name: 'a revoked dk- key', token: keys.revokedDevice, expected: unknown },
    { name: 'an ak- key', token: gateway.keys.agent, expected: asKey(right, 'ak') },
    { name: 'an sk- key', token: gateway.keys.integration, expected: asKey(right, 'sk') },
    { name: 'a dk- key', token: gateway.keys.device, expected: asKey(right, 'dk') },
    {
      name: 'a dk- key of a removed member',
      token: keys.removedDevice,
      expected: team(right) ? 403 : asKey(right, 'dk'),
    },
    { name: 'viewer', token: world.viewer.jwt, team: home, expected: asRole(right, 'viewer') },
    { name: 'member', token: world.member.jwt, team: home, expected: asRole(right, 'member') },
    { name: 'admin', token: world.admin.jwt, team: home, expected: asRole(right, 'admin') },
    { name: 'owner', token: gateway.keys.jwt, team: home, expected: owner },
    { name: 'a removed member', token: world.removed.jwt, team: home, expected: asRole(right, undefined) },
    {
      name: 'another team’s owner',
      token: world.stranger.jwt,
      team: home,
      expected: asRole(right, undefined),
    },
    { name: 'owner without a team', token: gateway.keys.jwt, team: '', expected: noTeam(owner) },
    { name: 'owner with half a team', token: gateway.keys.jwt, team: 'team_01HX', expected: noTeam(owner) },
  ].filter(({ name }) => !(right.scope === 'device' && name === 'a dk- key of a removed member'));
}
