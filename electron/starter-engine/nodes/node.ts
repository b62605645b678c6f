/**
 * What a node of the starter engine is. One file per family of nodes exports `NodeDefinition`s; `index.ts` lists
 * them all; the executor knows nothing of any single node.
 */

/** ComfyUI's IMAGE: float 0..1, row-major `[batch, height, width, channels]`. */
export interface ImageBatch {
  readonly kind: 'image';
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  /** 3 (RGB) or 4 (RGBA, straight alpha). */
  readonly channels: number;
  readonly data: Float32Array;
}

/** ComfyUI's MASK: float 0..1, row-major `[batch, height, width]`. */
export interface MaskBatch {
  readonly kind: 'mask';
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly data: Float32Array;
}

export type Value = ImageBatch | MaskBatch | string | number | boolean | null | readonly unknown[] | object;

/** An entry of a node's UI output, as in `executed` messages and `/history`. */
export interface SavedFile {
  readonly filename: string;
  readonly subfolder: string;
  readonly type: 'output' | 'temp' | 'input';
}

/** One input in `/object_info`: `[type, options?]`; a V1 combo has its list of choices as the type. */
export type InputSpec = readonly [string | readonly unknown[], Record<string, unknown>?];

export interface InputSpecs {
  readonly required: Record<string, InputSpec>;
  readonly optional?: Record<string, InputSpec>;
  readonly hidden?: Record<string, string>;
}

/** What a running node may use of the engine. */
export interface NodeContext {
  readonly promptId: string;
  readonly nodeId: string;
  /** The graph as submitted (after casting) and `extra_pnginfo`, for the metadata of saved pictures. */
  readonly prompt: unknown;
  readonly extraPngInfo: Readonly<Record<string, unknown>> | undefined;
  /** Folders of this engine. */
  readonly folders: { readonly input: string; readonly output: string; readonly temp: string };
  /** Tells progress; also yields to the event loop, so that an interrupt can arrive. */
  progress(
    value: number,
    max: number,
    preview?: { mime: 'image/jpeg' | 'image/png'; bytes: Uint8Array },
  ): Promise<void>;
  /** Throws when the run was interrupted. Long loops call it at least every 50 ms. */
  throwIfInterrupted(): void;
}

export interface NodeResult {
  /** One value per output slot. */
  readonly outputs: readonly Value[];
  /** What `executed` and `/history` show of it, for output nodes. */
  readonly ui?: Readonly<Record<string, readonly unknown[]>>;
}

export interface NodeDefinition {
  readonly type: string;
  /** Null where ComfyUI's record has null (nodes of its newer schema without a display name). */
  readonly displayName: string | null;
  readonly category: string;
  readonly description?: string;
  readonly pythonModule?: string;
  /** ComfyUI wrote this node with its newer schema, whose `/object_info` record has a few fields more. */
  readonly newSchema?: boolean;
  /** A function where the choices depend on the disk (LoadImage lists the input folder). */
  readonly inputs: InputSpecs | ((folders: NodeContext['folders']) => InputSpecs);
  readonly outputs: readonly { readonly type: string; readonly name: string; readonly tooltip?: string }[];
  readonly isOutput?: boolean;
  /** ComfyUI's IS_CHANGED: a value that makes the cached result stale when it differs (a file's hash). */
  fingerprint?(
    inputs: Readonly<Record<string, unknown>>,
    folders: NodeContext['folders'],
  ): Promise<string> | string;
  /** ComfyUI's VALIDATE_INPUTS: `true`, or the reason the input is refused. Names the inputs that it takes over. */
  readonly validate?: {
    readonly takes: readonly string[];
    check(inputs: Readonly<Record<string, unknown>>, folders: NodeContext['folders']): true | string;
  };
  run(inputs: Readonly<Record<string, unknown>>, context: NodeContext): Promise<NodeResult> | NodeResult;
}

/** Thrown by a node for what the user can mend; the wire carries it as `exception_type`. */
export class NodeError extends Error {
  readonly exceptionType: string;

  constructor(message: string, exceptionType = 'ValueError') {
    super(message);
    this.exceptionType = exceptionType;
  }
}
