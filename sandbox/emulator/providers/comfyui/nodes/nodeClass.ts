import type { ModelFiles } from '../models';
import type { Drawing } from '../drawing';
import type { NodeInputs, Value, ValueType } from './values';

export interface InputOptions {
	readonly default?: number | string | boolean;
	readonly min?: number;
	readonly max?: number;
	readonly step?: number;
	readonly multiline?: boolean;
	readonly image_upload?: boolean;
	/** For a `COMBO`. */
	readonly options?: readonly string[];
	readonly multiselect?: boolean;
}

/** An input's type or list of choices, and its bounds, as in `/object_info`. */
export type InputSpec = readonly [type: string | readonly string[], options?: InputOptions];

/** A file that a node has read. */
export interface ReadFile {
	readonly drawing: Drawing;
	/** The bytes' hash. Undefined for an output, which is drawn only when it is read. */
	readonly sha256: string | undefined;
}

/** What the nodes can use on the server. */
export interface World {
	readonly models: ModelFiles;
	/** The names in the input folder. */
	readonly inputNames: readonly string[];
	/** The file that an input names. Undefined if there is none. */
	readonly find: (name: string) => ReadFile | undefined;
}

/** A node class. */
export interface NodeClass {
	readonly required: (world: World) => Readonly<Record<string, InputSpec>>;
	readonly optional?: Readonly<Record<string, InputSpec>>;
	readonly outputs: readonly ValueType[];
	readonly module: string;
	readonly category: string;
	readonly displayName: string;
	/** Whether it is an output node, which the server executes, and where its files go. */
	readonly output?: 'output' | 'temp';
	/** Whether its `image` is a file that must exist when the graph is checked. */
	readonly checksFile?: boolean;
	readonly run: (inputs: NodeInputs, world: World) => readonly Value[];
}

/** For width and height. [Comfy-Org/ComfyUI nodes.py: MAX_RESOLUTION] */
export const MAX_RESOLUTION = 16384;

/** A list in the newer node schema. */
export const combo = (options: readonly string[]): InputSpec => [
	'COMBO',
	{ multiselect: false, options },
];
