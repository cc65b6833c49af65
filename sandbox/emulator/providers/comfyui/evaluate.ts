import { createHash } from 'node:crypto';
import type { Drawing } from './drawing';
import { isLink, type Graph } from './graph';
import type { ReadFile, World } from './nodes/nodeClass';
import { findClass } from './nodes/nodeClasses';
import { NodeInputs, type Value } from './nodes/values';
import { PythonError, str } from './python';

/** A node that has run, or would have. */
export interface Step {
	readonly id: string;
	readonly classType: string;
	/** Equal for the same node with the same inputs. The cache uses it. */
	readonly signature: string;
	/** For an output node of the graph. */
	readonly saves?: {
		readonly images: readonly Drawing[];
		readonly prefix: string;
		readonly type: 'output' | 'temp';
	};
}

/** What a graph does: the nodes that run, in their order. */
export interface Evaluation {
	readonly steps: readonly Step[];
	/** Why it stops early, and at which node. */
	readonly failure?: {
		readonly id: string;
		readonly classType: string;
		readonly error: PythonError;
	};
	/** The text that leads to `positive` of the first sampler. */
	readonly prompt: string;
	readonly samplerSteps: number;
	/** The encoded input image, and where it is changed. */
	readonly image?: ReadFile;
	readonly mask?: ReadFile;
}

/** Follows the links from a graph's output nodes and computes every node's values. Nothing is drawn yet. */
export function evaluate(graph: Graph, ends: readonly string[], world: World): Evaluation {
	const run = new Run(graph, world);
	for (const id of ends) {
		try {
			run.node(id);
		} catch (error) {
			if (!(error instanceof NodeFailure)) throw error;
			return { ...run.found, failure: error };
		}
	}
	return run.found;
}

/** A node has failed, so the nodes after it don't run. */
class NodeFailure extends Error {
	constructor(
		readonly id: string,
		readonly classType: string,
		readonly error: PythonError,
	) {
		super(error.message);
	}
}

class Run {
	private readonly values = new Map<string, readonly Value[]>();
	private readonly signatures = new Map<string, string>();
	private readonly files = new Map<Drawing, ReadFile>();
	private readonly steps: Step[] = [];
	private sampler: { prompt: string; samplerSteps: number; drawing: Drawing | undefined } = {
		prompt: '',
		samplerSteps: 0,
		drawing: undefined,
	};
	private hasSampler = false;
	private readonly world: World;

	constructor(
		private readonly graph: Graph,
		world: World,
	) {
		this.world = {
			...world,
			find: (name) => {
				const file = world.find(name);
				if (file !== undefined) this.files.set(file.drawing, file);
				return file;
			},
		};
	}

	get found(): Evaluation {
		const { prompt, samplerSteps, drawing } = this.sampler;
		const painted = drawing?.kind === 'painted' ? drawing : undefined;
		const image = this.fileBehind(painted?.source);
		const mask = this.fileBehind(painted?.mask);
		return {
			steps: this.steps,
			prompt,
			samplerSteps,
			...(image && { image }),
			...(mask && { mask }),
		};
	}

	/** The outputs of a node, which runs once. */
	node(id: string): readonly Value[] {
		const known = this.values.get(id);
		if (known !== undefined) return known;
		const { classType, nodeClass, inputs } = this.known(id);
		const read = inputs.map(
			([name, value]) => [name, isLink(value) ? this.node(value[0]).at(value[1]) : value] as const,
		);
		const nodeInputs = new NodeInputs(Object.fromEntries(read));
		let values: readonly Value[];
		try {
			values = nodeClass.run(nodeInputs, this.world);
		} catch (error) {
			if (!(error instanceof PythonError)) throw error;
			throw new NodeFailure(id, classType, error);
		}
		if (classType === 'KSampler') this.noteSampler(nodeInputs, values);
		this.values.set(id, values);
		const [first] = values;
		this.steps.push({
			id,
			classType,
			signature: this.sign(id),
			...(nodeClass.output !== undefined &&
				first?.type === 'IMAGE' && {
					saves: {
						images: first.images,
						prefix: nodeInputs.has('filename_prefix')
							? nodeInputs.text('filename_prefix')
							: 'ComfyUI_temp',
						type: nodeClass.output,
					},
				}),
		});
		return values;
	}

	/** A node's class, and the inputs that the class knows. Other inputs are ignored. */
	private known(id: string) {
		const node = this.graph[id];
		const nodeClass = findClass(node?.class_type);
		if (node === undefined || nodeClass === undefined) throw new Error(`${id} was not checked`);
		const specs = { ...nodeClass.required(this.world), ...nodeClass.optional };
		const inputs = Object.entries(node.inputs).filter(([name]) => Object.hasOwn(specs, name));
		return { classType: node.class_type, nodeClass, inputs };
	}

	private noteSampler(inputs: NodeInputs, values: readonly Value[]): void {
		if (this.hasSampler) return;
		this.hasSampler = true;
		const [latent] = values;
		this.sampler = {
			prompt: inputs.linked('positive', 'CONDITIONING').text,
			samplerSteps: inputs.number('steps'),
			drawing: latent?.type === 'LATENT' ? latent.images[0] : undefined,
		};
	}

	/** A file is identified by its bytes, not by its name. [nodes.py: LoadImage.IS_CHANGED] */
	private sign(id: string): string {
		const known = this.signatures.get(id);
		if (known !== undefined) return known;
		const { classType, nodeClass, inputs } = this.known(id);
		const parts = inputs
			.map(([name, value]) => [name, isLink(value) ? [this.sign(value[0]), value[1]] : value])
			.sort(([one], [other]) => (String(one) < String(other) ? -1 : 1));
		const image = inputs.find(([name]) => name === 'image')?.[1];
		const file = nodeClass.checksFile === true ? this.world.find(str(image)) : undefined;
		const signature = createHash('sha256')
			.update(JSON.stringify([classType, parts, file?.sha256]))
			.digest('base64');
		this.signatures.set(id, signature);
		return signature;
	}

	/** The uploaded file that a drawing is based on. */
	private fileBehind(drawing: Drawing | undefined): ReadFile | undefined {
		if (drawing === undefined) return undefined;
		if ('of' in drawing) return this.fileBehind(drawing.of);
		if (drawing.kind === 'composite') return this.fileBehind(drawing.destination);
		return this.files.get(drawing);
	}
}
