/** Named values of a workflow's form, of one person; `shared` ones are seen by the team. */
export interface WorkflowPresetRow {
  id: string;
  workflow_id: string;
  user_id: string;
  name: string;
  shared: 0 | 1;
  values_json: string;
  created_at: number;
  updated_at: number;
}
