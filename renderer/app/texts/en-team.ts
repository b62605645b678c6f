/** Texts about people: the team, invitations, passwords, pairing. */
export const team = {
  title: 'Team',
  subtitle_one: '{{count}} person, you as {{role}}',
  subtitle_other: '{{count}} people, you as {{role}}',
  members: 'Members',
  you: 'you',
  roles: { owner: 'Owner', admin: 'Admin', member: 'Member', viewer: 'Viewer' },
  rights: {
    owner: 'All of it, handing over and deleting included',
    admin: 'Everything but handing over and deleting the team',
    member: 'Runs workflows and sees everything',
    viewer: 'Looks, and changes nothing',
  },
  roleOf: 'Role of {{name}}',
  remove: 'Remove',
  removeNamed: 'Remove {{name}}',
  removeAsk: 'Remove {{name}} from the team? They are out at once. Keys they made for programs keep working.',
  invite: 'Invite somebody',
  inviteBody: 'No mail is sent. You get a link, good once and for seven days, to pass on yourself.',
  email: 'Their email address',
  role: 'Role',
  makeLink: 'Make a link',
  linkReady: 'For {{email}}. Copy it now: it is not shown again.',
  copyLink: 'Copy link',
  copyToken: 'Copy token',
  invitations: 'Invitations on their way',
  noInvitations: 'Nobody is invited just now.',
  cancel: 'Cancel',
  cancelNamed: 'Cancel the invitation of {{email}}',
  until: '{{role}}, until {{when}}',
  current: 'You work in',
  leave: 'Leave the team',
  leaveAsk: 'Leave {{team}}? You come back only by invitation.',
  ownerStays: 'You own this team, so you can’t leave it.',
} as const;

export const invitation = {
  title: 'Join {{team}}',
  body: 'You are invited as {{role}}, with the address {{email}}.',
  hasAccount: 'Your account’s password',
  newPassword: 'Choose a password',
  passwordRule: '8 to 128 characters.',
  name: 'Your name',
  join: 'Join the team',
  goneTitle: 'This invitation leads nowhere',
} as const;

export const password = {
  title: 'Password',
  none: 'You have none yet. With one you can sign in from other machines, as {{email}}.',
  some: 'For signing in from other machines, as {{email}}. Changing it ends every other sign-in.',
  current: 'Current password',
  next: 'New password',
  rule: '8 to 128 characters.',
  set: 'Set password',
  change: 'Change password',
  done: 'The password is set.',
} as const;

export const pairing = {
  title: 'Pair a device',
  body: 'Type the code that the device shows. It gets keys to work in {{team}} as you, and to serve it as an agent.',
  code: 'Code',
  name: 'Name of the device',
  nameHint: 'So that you find it among the keys later.',
  confirm: 'Let it in',
  done: 'The device is in. It carries on by itself; you can close this page.',
} as const;
