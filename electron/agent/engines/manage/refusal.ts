import type { ManageRefusal } from '#shared/link/manage.ts';

/** Why a command is not carried out, in words for whoever asked. */
export class Refusal extends Error {
  readonly code: ManageRefusal['code'];

  constructor(code: ManageRefusal['code'], message: string) {
    super(message);
    this.code = code;
  }
}
