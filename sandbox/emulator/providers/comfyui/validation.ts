import type { ComfyUiVersion } from './options';
import type { InputSpec, NodeClass, World } from './nodes/nodeClass';
import { findClass } from './nodes/nodeClasses';
import { bool, float, int, PythonError, repr, str, strOfFloat } from './python';

/** An error about a whole graph. */
export interface PromptError {
	readonly type: string;
	readonly message: string;
	readonly details: string;
	readonly extra_info: object;
}

/** An error about one input. */
type InputError = PromptError;

export interface NodeErrors {
	readonly errors: readonly InputError[];
	readonly dependent_outputs: string[];
	readonly class_type: string;
}

export interface Validation {
	readonly error?: PromptError;
	readonly nodeErrors: Readonly<Record<string, NodeErrors>>;
	/** The outputs that can be executed. */
	readonly outputs: readonly string[];
}

type Nodes = Readonly<Record<string, Record<string, unknown>>>;

const inputError = (
	type: string,
	message: string,
	details: string,
	extra_info: object,
): InputError => ({ type, message, details, extra_info });

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Checks a graph like the server does, and converts its values. [Comfy-Org/ComfyUI execution.py @04e2a91:
 * validate_prompt]
 * @throws {PythonError} where the server answers 500, as for a graph in the editor's own format
 */
export function validatePrompt(
	prompt: unknown,
	world: World,
	version: ComfyUiVersion = 'current',
): Validation {
	if (!isObject(prompt) || !Object.values(prompt).every(isObject)) {
		throw new PythonError('TypeError', 'a node of the prompt is no object');
	}
	const nodes = prompt as Nodes;
	const refused = (error: PromptError): Validation => ({ error, nodeErrors: {}, outputs: [] });
	for (const [id, node] of Object.entries(nodes)) {
		if (findClass(node['class_type']) === undefined)
			return refused(missingClass(id, node, version));
	}
	const ends = Object.keys(nodes).filter((id) => findClass(nodes[id]?.['class_type'])?.output);
	if (ends.length === 0)
		return refused(inputError('prompt_no_outputs', 'Prompt has no outputs', '', {}));
	return new Validator(nodes, world).validate(ends);
}

function missingClass(
	id: string,
	node: Record<string, unknown>,
	version: ComfyUiVersion,
): PromptError {
	const classType = 'class_type' in node ? node['class_type'] : null;
	const title = isObject(node['_meta']) ? node['_meta']['title'] : undefined;
	const details = `Node ID '#${id}'`;
	if (version !== 'current') {
		const message =
			classType === null
				? 'Cannot execute because a node is missing the class_type property.'
				: `Cannot execute because node ${str(classType)} does not exist.`;
		return inputError('invalid_prompt', message, details, {});
	}
	const message =
		classType === null
			? `Node '${str(title ?? `ID #${id}`)}' has no class_type. The workflow may be corrupted or a custom node is missing.`
			: `Node '${str(title ?? classType)}' not found. The custom node may not be installed.`;
	return inputError('missing_node_type', message, details, {
		node_id: id,
		class_type: classType,
		node_title: title ?? classType,
	});
}

interface Checked {
	isValid: boolean;
	errors: InputError[];
}

class Validator {
	private readonly checked = new Map<string, Checked>();

	constructor(
		private readonly nodes: Nodes,
		private readonly world: World,
	) {}

	validate(ends: readonly string[]): Validation {
		const nodeErrors: Record<string, NodeErrors> = {};
		const bad: InputError[] = [];
		const outputs = ends.filter((id) => {
			const { isValid, errors } = this.checkEnd(id);
			if (isValid) return true;
			bad.push(...errors);
			for (const [nodeId, node] of this.checked) {
				if (node.isValid || node.errors.length === 0) continue;
				nodeErrors[nodeId] ??= {
					errors: node.errors,
					dependent_outputs: [],
					class_type: str(this.nodes[nodeId]?.['class_type']),
				};
				nodeErrors[nodeId].dependent_outputs.push(id);
			}
			return false;
		});
		if (outputs.length > 0) return { nodeErrors, outputs };
		const details = bad.map(({ message, details: words }) => `${message}: ${words}`).join('\n');
		const error = inputError(
			'prompt_outputs_failed_validation',
			'Prompt outputs failed validation',
			details,
			{},
		);
		return { error, nodeErrors, outputs };
	}

	private checkEnd(id: string): Checked {
		try {
			return this.check(id, []);
		} catch (error) {
			if (!(error instanceof PythonError)) throw error;
			const errors = [
				inputError('exception_during_validation', 'Exception when validating node', error.message, {
					exception_type: error.type,
					traceback: TRACEBACK,
				}),
			];
			const checked = { isValid: false, errors };
			this.checked.set(id, checked);
			return checked;
		}
	}

	private check(id: string, path: readonly string[]): Checked {
		const known = this.checked.get(id);
		if (known !== undefined) return known;
		if (path.includes(id)) return this.refuseCycle([...path.slice(path.indexOf(id)), id]);
		const node = this.nodes[id];
		const nodeClass = findClass(node?.['class_type']);
		const inputs = node?.['inputs'];
		if (!isObject(inputs) || nodeClass === undefined) throw new PythonError('KeyError', "'inputs'");
		const errors: InputError[] = [];
		let isValid = true;
		const required = nodeClass.required(this.world);
		for (const [name, spec] of Object.entries({ ...required, ...nodeClass.optional })) {
			if (!(name in inputs)) {
				if (name in required) {
					errors.push(
						inputError('required_input_missing', 'Required input is missing', name, {
							input_name: name,
						}),
					);
				}
				continue;
			}
			const value = inputs[name];
			if (Array.isArray(value)) {
				const problem = this.checkLink(name, spec, value);
				if (problem !== undefined) errors.push(problem);
				else if (!this.checkLinked(id, name, spec, value, path)) isValid = false;
			} else {
				const problem = checkValue(name, spec, inputs, nodeClass);
				if (problem !== undefined) errors.push(problem);
			}
		}
		const missing = this.checkFile(nodeClass, inputs);
		if (missing !== undefined) errors.push(missing);
		// A cycle may have been found at this node in the meantime.
		const cycle = this.checked.get(id)?.errors ?? [];
		const all = [...cycle, ...errors];
		const checked = { isValid: isValid && all.length === 0, errors: all };
		this.checked.set(id, checked);
		return checked;
	}

	private refuseCycle(cycle: readonly string[]): Checked {
		const cycleNodes = [...new Set(cycle)];
		const details = cycle
			.map((id) => `${id} (${str(this.nodes[id]?.['class_type'])})`)
			.join(' -> ');
		for (const id of cycleNodes) {
			const errors = [
				inputError('dependency_cycle', 'Dependency cycle detected', details, {
					node_id: id,
					cycle_nodes: cycleNodes,
				}),
			];
			this.checked.set(id, { isValid: false, errors });
		}
		return { isValid: false, errors: [] };
	}

	/** A link's form, and the type of its value. */
	private checkLink(name: string, spec: InputSpec, link: unknown[]): InputError | undefined {
		const config = configOf(spec);
		if (link.length !== 2) {
			return inputError(
				'bad_linked_input',
				'Bad linked input, must be a length-2 list of [node_id, slot_index]',
				name,
				{ input_name: name, input_config: config, received_value: link },
			);
		}
		const [id, output] = link;
		// Node names are strings: a number names none.
		const node =
			typeof id === 'string' && Object.hasOwn(this.nodes, id) ? this.nodes[id] : undefined;
		if (node === undefined) throw new PythonError('KeyError', repr(id));
		const received = findClass(node['class_type'])?.outputs.at(Number(output));
		if (received === undefined) throw new PythonError('IndexError', 'tuple index out of range');
		const [type] = spec;
		if (received === type) return undefined;
		return inputError(
			'return_type_mismatch',
			'Return type mismatch between linked nodes',
			`${name}, received_type(${received}) mismatch input_type(${str(type)})`,
			{ input_name: name, input_config: config, received_type: received, linked_node: link },
		);
	}

	/** Whether the node behind a link is valid. */
	private checkLinked(
		id: string,
		name: string,
		spec: InputSpec,
		link: unknown[],
		path: readonly string[],
	): boolean {
		const linkedId = str(link[0]);
		try {
			return this.check(linkedId, [...path, id]).isValid;
		} catch (error) {
			if (!(error instanceof PythonError)) throw error;
			const errors = [
				inputError(
					'exception_during_inner_validation',
					'Exception when validating inner node',
					error.message,
					{
						input_name: name,
						input_config: configOf(spec),
						exception_message: error.message,
						exception_type: error.type,
						traceback: TRACEBACK,
						linked_node: link,
					},
				),
			];
			this.checked.set(linkedId, { isValid: false, errors });
			return false;
		}
	}

	/** [Comfy-Org/ComfyUI nodes.py: LoadImage.VALIDATE_INPUTS] */
	private checkFile({ checksFile }: NodeClass, inputs: Record<string, unknown>) {
		const image = inputs['image'];
		if (checksFile !== true || image === undefined || Array.isArray(image)) return undefined;
		if (this.world.find(str(image)) !== undefined) return undefined;
		return inputError(
			'custom_validation_failed',
			'Custom validation failed for node',
			`image - Invalid image file: ${str(image)}`,
			{ input_name: 'image' },
		);
	}
}

/** Like Python's: lines with the server's paths. */
const TRACEBACK = ['  File "/opt/ComfyUI/execution.py", line 1098, in validate_inputs\n'];

const configOf = ([type, options = {}]: InputSpec): unknown => [type, options];

const CONVERT: Readonly<Record<string, (value: unknown) => unknown>> = {
	INT: int,
	FLOAT: float,
	STRING: str,
	BOOLEAN: bool,
};

/** With this many names or more, an error contains only their number. [execution.py: "gigantic lists"] */
const MOST_SHOWN = 20;

/** Converts a literal value in the graph, and checks its bounds and its list. */
function checkValue(
	name: string,
	spec: InputSpec,
	inputs: Record<string, unknown>,
	{ checksFile }: NodeClass,
): InputError | undefined {
	const [type, options = {}] = spec;
	const config = configOf(spec);
	const given = inputs[name];
	const value = isObject(given) && '__value__' in given ? given['__value__'] : given;
	const convert = typeof type === 'string' ? CONVERT[type] : undefined;
	try {
		inputs[name] = convert === undefined ? value : convert(value);
	} catch (error) {
		if (!(error instanceof PythonError)) throw error;
		return inputError(
			'invalid_input_type',
			`Failed to convert an input value to a ${str(type)} value`,
			`${name}, ${str(value)}, ${error.message}`,
			{
				input_name: name,
				input_config: config,
				received_value: value,
				exception_message: error.message,
			},
		);
	}
	// Such a class checks its image itself.
	if (checksFile === true && name === 'image') return undefined;
	const converted = inputs[name];
	const info = { input_name: name, input_config: config, received_value: converted };
	if (typeof converted === 'number') {
		const { min = -Infinity, max = Infinity } = options;
		const written = type === 'FLOAT' ? strOfFloat : (number: number) => BigInt(number).toString();
		if (converted < min) {
			const message = `Value ${written(converted)} smaller than min of ${written(min)}`;
			return inputError('value_smaller_than_min', message, name, info);
		}
		if (converted > max) {
			const message = `Value ${written(converted)} bigger than max of ${written(max)}`;
			return inputError('value_bigger_than_max', message, name, info);
		}
	}
	const list = typeof type === 'string' ? options.options : type;
	if (list === undefined || list.includes(converted as string)) return undefined;
	const isLong = list.length > MOST_SHOWN;
	const shown = isLong ? `(list of length ${list.length})` : repr(list);
	return inputError(
		'value_not_in_list',
		'Value not in list',
		`${name}: ${repr(converted)} not in ${shown}`,
		{
			...info,
			...(isLong && { input_config: null }),
		},
	);
}
