import type { ParameterDef, WorkflowDetail } from '#shared/wire/workflows.ts';

export const languages = ['curl', 'python', 'typescript'] as const;
export type Language = (typeof languages)[number];

type Sample = Pick<WorkflowDetail, 'workflow_slug' | 'parameters'>;

const samples: Readonly<Record<string, readonly [name: string, type: string]>> = {
  image: ['photo.png', 'image/png'],
  video: ['clip.mp4', 'video/mp4'],
  audio: ['sound.wav', 'audio/wav'],
};

/** A file of the own machine, to be sent up first: written as a call of the snippet's `upload`. */
class LocalFile {
  readonly name: string;
  readonly type: string;

  constructor({ accept = [] }: ParameterDef) {
    const [name, type] = samples[accept[0]?.split('/')[0] ?? ''] ?? ['file.bin', 'application/octet-stream'];
    this.name = name;
    this.type = type;
  }
}

/** A value to begin with, so that the snippet runs as it stands. */
function sampleValue(def: ParameterDef): unknown {
  if (def.type === 'file') return new LocalFile(def);
  if (def.default !== undefined) return def.default;
  if (def.type === 'number') return def.min ?? 0;
  if (def.type === 'boolean') return false;
  if (def.type === 'select') return def.options?.[0] ?? '';
  return def.label || def.key;
}

/** Files that nobody must give stay out. */
const sampleValues = ({ parameters }: Sample): [string, unknown][] =>
  parameters.filter((def) => def.type !== 'file' || def.required).map((def) => [def.key, sampleValue(def)]);

/** A snippet with its file-sending part only where there is a file to send. */
const withUpload = (values: readonly [string, unknown][], text: string): string =>
  values.some(([, value]) => value instanceof LocalFile) ? text : '';

/** A quote ends the shell's text, stands by itself, and opens it again. */
const shellText = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const field = (name: string) => `sed 's/.*"${name}":"\\([^"]*\\)".*/\\1/'`;

function curl(base: string, slug: string, values: readonly [string, unknown][]): string {
  const fields = values.map(([key, value]) => {
    const said =
      value instanceof LocalFile
        ? `"'"$(upload ${value.name} ${value.type})"'"`
        : shellText(JSON.stringify(value)).slice(1, -1);
    return `${shellText(JSON.stringify(key)).slice(1, -1)}: ${said}`;
  });
  const upload = withUpload(
    values,
    `# Sends a file of a type up; prints the key that a run takes for it
upload() {
  slot=$(curl -s -X POST ${base}/api/v1/r/files/presign \\
    -H "Authorization: Bearer $ATELIER_KEY" -H "Content-Type: application/json" \\
    -d "{\\"file_name\\":\\"$1\\",\\"file_size\\":$(wc -c < "$1"),\\"content_type\\":\\"$2\\"}")
  curl -s -o /dev/null -X PUT "$(echo "$slot" | ${field('upload_url')})" \\
    -H "If-None-Match: *" --data-binary "@$1"
  echo "$slot" | ${field('file_key')}
}

`,
  );
  return `${upload}# Start a run
task=$(curl -s -X POST ${base}/api/v1/r/workflows/slug/${slug}/run \\
  -H "Authorization: Bearer $ATELIER_KEY" -H "Content-Type: application/json" \\
  -d '{"parameters": {${fields.join(', ')}}}' | ${field('task_id')})

# Follow it until it ends
curl -sN ${base}/api/v1/r/tasks/$task/events -H "Authorization: Bearer $ATELIER_KEY"

# What came of it, with a signed address for each file
curl -s ${base}/api/v1/r/tasks/$task/result -H "Authorization: Bearer $ATELIER_KEY"
`;
}

/** JSON as Python writes it. */
function pythonOf(value: unknown): string {
  if (value instanceof LocalFile) return `upload(${JSON.stringify(value.name)})`;
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (value === null) return 'None';
  if (Array.isArray(value)) return `[${value.map(pythonOf).join(', ')}]`;
  if (typeof value !== 'object') return JSON.stringify(value);
  return `{${Object.entries(value as object)
    .map(([key, one]) => `${JSON.stringify(key)}: ${pythonOf(one)}`)
    .join(', ')}}`;
}

const dictionary = (
  values: readonly [string, unknown][],
  of: (value: unknown) => string,
  indent: string,
): string =>
  values.length
    ? `{\n${values.map(([key, value]) => `${indent}${JSON.stringify(key)}: ${of(value)},\n`).join('')}}`
    : '{}';

function python(base: string, slug: string, values: readonly [string, unknown][]): string {
  const upload = withUpload(
    values,
    `def upload(path):
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    with open(path, "rb") as file:
        data = file.read()
    slot = call("/r/files/presign", {
        "file_name": os.path.basename(path), "file_size": len(data), "content_type": kind,
    })
    urllib.request.urlopen(urllib.request.Request(
        slot["upload_url"], data=data, headers=slot["upload_headers"], method="PUT",
    ))
    return slot["file_key"]

`,
  );
  return `import json, mimetypes, os, time, urllib.request

BASE = ${JSON.stringify(base)}
KEY = os.environ["ATELIER_KEY"]

def call(path, body=None):
    request = urllib.request.Request(
        BASE + "/api/v1" + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": "Bearer " + KEY, "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as reply:
        return json.load(reply)

${upload}parameters = ${dictionary(values, pythonOf, '    ')}
task = call("/r/workflows/slug/${slug}/run", {"parameters": parameters})["task_id"]
while call("/r/tasks/" + task)["task_status"] not in ("completed", "failed", "cancelled"):
    time.sleep(1)
result = call("/r/tasks/" + task + "/result")
if result["task_status"] != "completed":
    raise SystemExit(result["task_error"] or result["task_status"])
for output in result["outputs"]:
    urllib.request.urlretrieve(output["url"], output["name"])
    print(output["name"])
`;
}

const scriptOf = (value: unknown): string =>
  value instanceof LocalFile
    ? `await upload(${JSON.stringify(value.name)}, ${JSON.stringify(value.type)})`
    : JSON.stringify(value);

function typescript(base: string, slug: string, values: readonly [string, unknown][]): string {
  const upload = withUpload(
    values,
    `async function upload(path: string, type: string) {
  const bytes = await readFile(path);
  const slot = await call('/r/files/presign', {
    file_name: basename(path), file_size: bytes.length, content_type: type,
  });
  await fetch(slot.upload_url, { method: 'PUT', headers: slot.upload_headers, body: bytes });
  return slot.file_key;
}

`,
  );
  const slot = upload
    ? '\n  file_key: string;\n  upload_url: string;\n  upload_headers: Record<string, string>;'
    : '';
  const needs = upload
    ? `import { readFile, writeFile } from 'node:fs/promises';\nimport { basename } from 'node:path';`
    : `import { writeFile } from 'node:fs/promises';`;
  return `${needs}

const base = ${JSON.stringify(base)};
const key = process.env.ATELIER_KEY;

interface Reply {
  task_id: string;
  task_status: string;
  outputs: { name: string; url: string }[];${slot}
  task_error: string;
  error_message: string;
}

async function call(path: string, body?: object) {
  const reply = await fetch(base + '/api/v1' + path, {
    method: body ? 'POST' : 'GET',
    headers: { Authorization: 'Bearer ' + key, 'Content-Type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const json = (await reply.json()) as Reply;
  if (!reply.ok) throw new Error(json.error_message);
  return json;
}

${upload}const parameters = ${dictionary(values, scriptOf, '  ')};
const { task_id } = await call('/r/workflows/slug/${slug}/run', { parameters });
const over = ['completed', 'failed', 'cancelled'];
while (!over.includes((await call('/r/tasks/' + task_id)).task_status)) {
  await new Promise((wait) => setTimeout(wait, 1000));
}
const result = await call('/r/tasks/' + task_id + '/result');
if (result.task_status !== 'completed') throw new Error(result.task_error || result.task_status);
for (const { name, url } of result.outputs) {
  await writeFile(name, Buffer.from(await (await fetch(url)).arrayBuffer()));
  console.log(name);
}
`;
}

/** A program that runs this workflow and fetches what it made; the key comes from the environment, never from here. */
export function snippet(language: Language, base: string, workflow: Sample): string {
  const write = { curl, python, typescript }[language];
  return write(base, workflow.workflow_slug, sampleValues(workflow));
}
