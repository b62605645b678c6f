import { createHmac, randomBytes } from 'node:crypto';
import { secretPrefix, signaturePrefix } from '#shared/wire/webhooks.ts';

/** The value of the signature header for a body, byte for byte as it is sent. */
export const signatureOf = (secret: string, body: string): string =>
  signaturePrefix + createHmac('sha256', secret).update(body, 'utf8').digest('hex');

export const newSecret = (): string => secretPrefix + randomBytes(32).toString('base64url');
