import { IMAGES } from './images';
import { LOADERS } from './loaders';
import type { InputSpec, NodeClass, World } from './nodeClass';
import { SAMPLING } from './sampling';

const CLASSES: Readonly<Record<string, NodeClass>> = { ...LOADERS, ...SAMPLING, ...IMAGES };

/** The class with that name. Undefined if it isn't installed. */
export const findClass = (name: unknown): NodeClass | undefined =>
	typeof name === 'string' && Object.hasOwn(CLASSES, name) ? CLASSES[name] : undefined;

const shown = (specs: Readonly<Record<string, InputSpec>>): Record<string, unknown> =>
	Object.fromEntries(
		Object.entries(specs).map(([name, [type, options]]) => [
			name,
			options === undefined ? [type] : [type, options],
		]),
	);

/** The response of `/object_info` for these classes. [Comfy-Org/ComfyUI server.py @002c3fb: node_info] */
export function objectInfo(world: World, names = Object.keys(CLASSES)): Record<string, object> {
	const entries = names.flatMap((name) => {
		const nodeClass = findClass(name);
		return nodeClass === undefined ? [] : [[name, nodeInfo(name, nodeClass, world)] as const];
	});
	return Object.fromEntries(entries);
}

function nodeInfo(name: string, nodeClass: NodeClass, world: World): object {
	const { optional, outputs, module, category, displayName, output } = nodeClass;
	const required = nodeClass.required(world);
	return {
		input: { required: shown(required), ...(optional && { optional: shown(optional) }) },
		input_order: {
			required: Object.keys(required),
			...(optional && { optional: Object.keys(optional) }),
		},
		is_input_list: false,
		output: outputs,
		output_is_list: outputs.map(() => false),
		output_name: outputs,
		name,
		display_name: displayName,
		description: '',
		python_module: module,
		category,
		output_node: output !== undefined,
	};
}
