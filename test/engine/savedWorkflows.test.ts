import { readFileSync } from 'fs';
import { join } from 'path';

import type { IDataObject, INode } from 'n8n-workflow';

import { makePicture } from '../support/picture';
import { credentialsFor } from '../support/credentials';
import type { Step } from '../support/runWorkflow';
import { runWorkflow, storeFile } from '../support/runWorkflow';
import { submitsOf, useSandbox } from '../support/sandboxes';

const getSandbox = useSandbox();
const folder = join(__dirname, '..', 'fixtures', 'workflows0.1');
const read = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'));

/** The output of the nodes before ours. */
const item: IDataObject = {
	prompt: 'A red fox in a snowy forest at dawn',
	change: 'a wooden boat',
	text: 'a lighthouse',
	mode: 'submit',
	count: 2,
	down: 'a boat [sandbox:novita/no-money]',
	mine: [{ name: 'Mine', path: 'owner/name', scale: 0.7, trigger: 'm1ne' }],
};

/** What Apply LoRA Preset would add to it. */
const styled = {
	loras: [{ path: 'https://huggingface.co/a/b/resolve/main/c.safetensors', scale: 0.6 }],
};

/** One of our nodes as its workflow has it. The test leaves out all others. */
function stepOf({ type, typeVersion, parameters }: INode): Step {
	const own = JSON.stringify(parameters).replaceAll(/\$\('[^']+'\)\.item\.json/g, '$json');
	return {
		type: type.replace('n8n-nodes-z-image.', ''),
		typeVersion,
		parameters: JSON.parse(own) as IDataObject,
	};
}

/** What has moved into Options since the first version, and what is now called Operation. */
const moved = [
	...['numberOfImages', 'mode', 'useInputLoras', 'model'],
	...['addTriggerWords', 'promptField'],
];
const operations: Readonly<Record<string, string>> = {
	zImageGetTaskResult: 'mode',
	zImageApplyLoraPreset: 'combine',
};

/** The same node as it would be created today. */
function asOfToday({ type, parameters = {} }: Step): Step {
	const former = operations[type];
	const entries = Object.entries(parameters);
	const isMoved = ([name]: [string, unknown]) => name !== former && moved.includes(name);
	const options = { ...(parameters.options as IDataObject) };
	return {
		type,
		typeVersion: 1.1,
		parameters: {
			...Object.fromEntries(
				entries
					.filter((entry) => !isMoved(entry))
					.map(([name, value]) => [name === former ? 'operation' : name, value]),
			),
			options: { ...options, ...Object.fromEntries(entries.filter(isMoved)) },
		},
	};
}

/** Files of version 0.1, and the names of their nodes that run one after another. */
const chains: ReadonlyArray<readonly [file: string, ...nodes: string[]]> = [
	['all-providers', 'Pick a style', 'fal'],
	['all-providers', 'Pick a style', 'Novita'],
	['all-providers', 'Pick a style', 'Highway API'],
	['all-providers', 'Pick a style', 'AI/ML API'],
	['failed-task', 'Generate'],
	['inpaint', 'Make the scene'],
	['inpaint', 'Repaint'],
	['own-servers', 'ComfyUI'],
	['own-servers', 'stable-diffusion.cpp'],
	['own-servers', 'OpenAI-compatible'],
	['preset-variations', 'Four styles', 'Generate'],
	['scale-sweep', 'Four scales', 'Generate'],
	['queue-submit', 'Submit'],
	['submit-and-callback', 'Submit', 'Check the tasks'],
	['submit-and-fetch', 'Submit', 'Check the task'],
	['in-front', 'Several images'],
	['in-front', 'Several tasks'],
	['in-front', 'Base'],
	['in-front', 'Base without guidance'],
	['in-front', 'Own LoRAs only'],
	['in-front', 'LoRAs of the input'],
	['in-front', 'Callback'],
	['in-front', 'Fallback'],
	['in-front', 'Presets', 'Presets and prompt'],
];

/** Without the values that differ in each run. */
function constantOf(text: string): string {
	return text
		.replaceAll(/base64,[^"]+/g, 'base64')
		.replaceAll(/"(?:noise_)?seed":\d{4,}/g, '"seed":0')
		.replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'ID');
}

async function requestsOf(
	file: string,
	names: readonly string[],
	change = (step: Step) => step,
): Promise<string[]> {
	const { nodes } = read(`${file}.json`) as { nodes: INode[] };
	const steps = names.map((name) => {
		const node = nodes.find((one) => one.name === name);
		if (!node) throw new Error(`${file} has no node ${name}`);
		return change(stepOf(node));
	});
	const picture = await storeFile(makePicture('png', 64, 64));
	const { error } = await runWorkflow({
		items: [{ ...item, ...(file === 'in-front' && styled) }],
		inputBinary: { data: picture, mask: picture },
		steps,
		credentials: credentialsFor(getSandbox()),
	});
	return [
		...submitsOf(getSandbox()).map(({ provider, path, body }) =>
			constantOf(`${provider} ${path} ${JSON.stringify(body)}`),
		),
		...(error ? [error.message] : []),
	];
}

const recorded = read('requests.json') as Readonly<Record<string, string[]>>;
const titled = chains.map(
	([file, ...names]) => [`${file}: ${names.join(': ')}`, file, names] as const,
);

it.each(titled)('%s sends what it always sent', async (title, file, names) => {
	expect(await requestsOf(file, names)).toEqual(recorded[title]);
});

it.each(titled.filter(([, file]) => /in-front|submit/.test(file)))(
	'%s sends the same as a node created today',
	async (title, file, names) => {
		expect(await requestsOf(file, names, asOfToday)).toEqual(recorded[title]);
	},
);
