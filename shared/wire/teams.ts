import { z } from 'zod';
import { pageMeta, role, timestamp, uuid } from './common.ts';
import { emailAddress, featureSet, newPassword, personName, teamRef } from './identity.ts';

const teamName = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .meta({ examples: ['Night shift'] });

export const teamRequest = z.object({ display_name: teamName }).meta({ id: 'TeamRequest' });

export const teamList = z
  .object({ team_list: z.array(teamRef), page_meta: pageMeta })
  .meta({ id: 'TeamList' });

export const teamDetail = z
  .object({
    id: uuid,
    display_name: z.string(),
    created_at: timestamp,
    owner_id: uuid.nullable(),
    member_count: z.int(),
    team_role: role.meta({ description: 'Yours.' }),
    feature_flags: featureSet,
  })
  .meta({ id: 'TeamDetail' });

export const transferRequest = z.object({ new_owner_id: uuid }).meta({ id: 'TransferTeamRequest' });

/** Every role that can be given; ownership is handed over, not given. */
export const givenRole = z.enum(['admin', 'member', 'viewer']).meta({ id: 'GivenRole' });
export type GivenRole = z.infer<typeof givenRole>;

export const member = z
  .object({
    user_id: uuid,
    display_name: z.string(),
    first_name: z.string(),
    last_name: z.string(),
    email_address: z.string(),
    member_role: role,
    joined_at: timestamp,
  })
  .meta({ id: 'Member' });
export type Member = z.infer<typeof member>;

export const memberList = z
  .object({ member_list: z.array(member), page_meta: pageMeta })
  .meta({ id: 'MemberList' });

export const memberRoleRequest = z.object({ member_role: givenRole }).meta({ id: 'MemberRoleRequest' });

export const createInvitationRequest = z
  .object({ email_address: emailAddress, invitation_role: givenRole })
  .meta({ id: 'CreateInvitationRequest' });
export type CreateInvitationRequest = z.infer<typeof createInvitationRequest>;

export const createInvitationReply = z
  .object({
    id: uuid,
    invitation_token: z.string().meta({
      description: 'Good once, for seven days. No mail is sent: pass it on yourself. It is not shown again.',
    }),
  })
  .meta({ id: 'CreateInvitationResponse' });

export const invitationItem = z
  .object({
    id: uuid,
    email_address: z.string(),
    invitation_role: givenRole,
    created_at: timestamp,
    expires_at: timestamp,
  })
  .meta({ id: 'Invitation', description: 'The two times are ours.' });
export type InvitationItem = z.infer<typeof invitationItem>;

export const invitationList = z
  .object({ invitation_list: z.array(invitationItem), page_meta: pageMeta })
  .meta({ id: 'InvitationList' });

const token = z.string().min(1).max(200);

export const invitationToken = z.object({ invitation_token: token }).meta({ id: 'InvitationToken' });

export const invitationView = z
  .object({
    team_name: z.string(),
    email_address: z.string(),
    invitation_role: givenRole,
    has_account: z.boolean().meta({ description: 'Then its password is asked for, else a new one.' }),
    expires_at: timestamp,
  })
  .meta({ id: 'InvitationView' });
export type InvitationView = z.infer<typeof invitationView>;

export const joinRequest = z
  .object({
    invitation_token: token,
    user_password: newPassword.meta({
      description: 'Of the account with this address; a new one where there is none yet.',
    }),
    first_name: personName.optional(),
    last_name: personName.optional(),
    display_name: personName.optional(),
  })
  .meta({ id: 'JoinRequest' });
