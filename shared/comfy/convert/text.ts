import type { UiNode } from './ui-graph.ts';

const two = (value: number) => String(value);

const parts: Readonly<Record<string, (date: Date) => number>> = {
  d: (date) => date.getDate(),
  M: (date) => date.getMonth() + 1,
  h: (date) => date.getHours(),
  m: (date) => date.getMinutes(),
  s: (date) => date.getSeconds(),
};

/** `%date:FORMAT%`'s formats: d, M, h, m, s once or twice, yy, yyyy. */
export const formatDate = (format: string, date: Date): string =>
  format.replace(/yyyy|yyy|yy|dd?|MM?|hh?|mm?|ss?/g, (token) => {
    if (token === 'yyyy') return two(date.getFullYear());
    if (token === 'yy') return two(date.getFullYear()).slice(2);
    const part = parts[token[0] ?? ''];
    return part ? two(part(date)).padStart(token.length, '0') : token;
  });

/** Tokens that ComfyUI's server fills in itself when it saves a file, every time anew. */
const serverTokens: Readonly<Record<string, string>> = {
  yyyy: '%year%',
  MM: '%month%',
  dd: '%day%',
  hh: '%hour%',
  mm: '%minute%',
  ss: '%second%',
};

/** The format in the server's own tokens, or undefined when it has none for a part of it. */
function serverDate(format: string): string | undefined {
  let whole = true;
  const text = format.replace(/yyyy|yyy|yy|dd?|MM?|hh?|mm?|ss?/g, (token) => {
    whole &&= Object.hasOwn(serverTokens, token);
    return serverTokens[token] ?? token;
  });
  return whole ? text : undefined;
}

export interface Replacing {
  /** The moment that `%date%` means; without it the server's own tokens are used, which mean the moment of each run. */
  readonly now: Date | undefined;
  readonly nodes: () => Iterable<UiNode>;
  readonly widget: (node: UiNode, name: string) => { readonly value: unknown } | undefined;
}

/**
 * `%date:FORMAT%` and `%Node.widget%`, which only the frontend knows (comfyui-protocol.md section 11): the node is found
 * by its name for search and replace, else by its title.
 */
export function replaceText(text: string, { now, nodes, widget }: Replacing): string {
  return text.replace(/%([^%]+)%/g, (match, inside: string) => {
    const [name = '', field, ...more] = inside.split('.');
    if (field === undefined || more.length > 0) {
      if (!name.startsWith('date:')) return match;
      const format = name.slice(5);
      return now ? formatDate(format, now) : (serverDate(format) ?? match);
    }
    const all = [...nodes()];
    const node =
      all.find((one) => one.properties['Node name for S&R'] === name) ??
      all.find((one) => one.title === name);
    const found = node && widget(node, field);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they may not stand in the name of a file
    return found ? String(found.value ?? '').replace(/[/?<>\\:*|"\u0000-\u001f\u007f]/g, '_') : match;
  });
}

/** Nodes whose `filename_prefix` the frontend fills in. Source: its extension for names of saved files. */
export const savesFiles = (type: string): boolean =>
  /^Save(Image|ImageAdvanced|SVGNode|Video|AnimatedWEBP|WEBM|Audio|AudioMP3|AudioOpus|AudioAdvanced|GLB|3DAdvanced|GaussianSplat|PointCloud|AnimatedPNG|Latent)$|^(CLIP|VAE|Model|Lora)Save$/.test(
    type,
  );

/** Whether a text has choices for the frontend to draw from: a brace that is not escaped. */
export const hasChoices = (text: string): boolean => /(^|[^\\])(\\\\)*\{/.test(text);

/**
 * `{day|night}` → one of them; also inside each other, with `\{` for a brace that stays. Comments go. What the
 * frontend does to inputs with `dynamicPrompts`; the server does nothing. One pass with a stack, so that a text of
 * braces only is no trap.
 */
export function drawChoices(text: string, random: () => number): string {
  const source = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
  const open: string[][] = [[]];
  let current = '';
  for (let at = 0; at < source.length; at += 1) {
    const char = source[at] ?? '';
    if (char === '\\') {
      current += char + (source[at + 1] ?? '');
      at += 1;
    } else if (char === '{') {
      open.at(-1)?.push(current);
      open.push([]);
      current = '';
    } else if (char === '|' && open.length > 1) {
      open.at(-1)?.push(current);
      current = '';
    } else if (char === '}' && open.length > 1) {
      current = close(open, current, random);
    } else current += char;
  }
  while (open.length > 1) current = close(open, current, random);
  return current.replace(/\\([{}|])/g, '$1');
}

/** Ends a group: one of its choices joins what stood before its brace. */
function close(open: string[][], last: string, random: () => number): string {
  const choices = [...(open.pop() ?? []), last];
  const before = open.at(-1)?.pop() ?? '';
  return before + (choices[Math.floor(random() * choices.length)] ?? '');
}
