export const cloud = {
  intro:
    'With a key of comfy.org, tasks can run at ComfyUI Cloud: those that ask for it, and if you like those that no agent here can run. Results are kept here like all others. Each run costs credits of that account.',
  key: 'API key',
  other: 'Another key in its place',
  keyHint: 'From your account at platform.comfy.org. It is kept encrypted and never shown again.',
  fallback: 'Also run there what no agent here can run, after it has waited half a minute',
  keep: 'Keep this key',
  inUse: 'In use since {{when}}.',
  refused: 'ComfyUI Cloud refused it {{when}}. Enter another.',
  fallsBack: 'Tasks go there by themselves when no agent can run them.',
  onlyAsked: 'Only tasks that ask for it go there.',
  removeTitle: 'Remove the key?',
  removeBody: 'What runs there goes on. Tasks that are meant for the cloud wait until there is a key again.',
} as const;
