/** A team's account at ComfyUI Cloud. */
export interface CloudAccountRow {
  team_id: string;
  /** Sealed. */
  api_key: Uint8Array;
  /** First eight and last four characters. */
  key_preview: string;
  /** `revoked`: the cloud has refused the key. */
  status: 'active' | 'revoked';
  /** May tasks go there that no agent can run? */
  fallback: 0 | 1;
  created_at: number;
  updated_at: number;
}

/** The job that an attempt has begun there. */
export interface CloudJobRow {
  attempt_id: string;
  job_id: string;
}
