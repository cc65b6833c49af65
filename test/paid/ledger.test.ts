import type { IContextObject, INode } from 'n8n-workflow';

import { Ledger } from '../../nodes/ZImage/paid/ledger';
import { fal } from '../../nodes/ZImage/providers/fal';
import { novita } from '../../nodes/ZImage/providers/novita';
import type { ImageReference } from '../../nodes/ZImage/providers/provider';
import { imageAt } from '../../nodes/ZImage/providers/shared/imageAt';
import type { OpenTask, SubmittedTask } from '../../nodes/ZImage/tasks/task';
import { imageRequest, twoLoras } from '../support/request';
import { strictContext } from '../support/strictContext';

interface Setting {
	readonly runIndex?: number;
	readonly node?: Partial<INode>;
	readonly log?: string[];
	readonly workflow?: { readonly id?: string; readonly name?: string };
}

const parameters = { provider: 'novita', prompt: '={{ $json.prompt }}' };

/** The ledger as a node sees it, with data that the execution keeps. */
function ledgerIn(
	data: IContextObject,
	{ runIndex = 0, node = {}, log = [], workflow = { id: 'W1', name: 'Shop' } }: Setting = {},
): Ledger {
	const logger = {
		info: (text: string) => log.push(`info: ${text}`),
		warn: (text: string) => log.push(`warn: ${text}`),
	};
	return Ledger.of(
		strictContext({
			getNode: () => ({ name: 'Images', type: 'zImageGenerate', parameters, ...node }) as never,
			getWorkflow: () => ({ ...workflow, active: true }) as never,
			getExecutionId: () => '12',
			getWorkflowDataProxy: () => ({ $runIndex: runIndex }) as never,
			logger: logger as never,
			getContext(type: string) {
				expect(type).toBe('node');
				return data;
			},
		}),
	);
}

const pending = (taskId: string): SubmittedTask => ({
	task: {
		provider: 'novita',
		model: 'z-image-turbo',
		taskId,
		submittedAt: '2026-01-01T00:00:00.000Z',
		prompt: 'a lighthouse',
		seed: 7,
		loras: twoLoras,
		estimatedCostUsd: 0.0085,
	},
	state: { status: 'pending', queued: true },
});
const succeeded = (...urls: string[]): SubmittedTask => ({
	task: { ...pending('a').task, taskId: null },
	state: {
		status: 'succeeded',
		images: urls.map((url): ImageReference => ({
			...imageAt(url),
			width: null,
			height: 512,
			nsfw: false,
			expiresInSeconds: null,
		})),
		seed: null,
		prompt: null,
	},
});

describe("a task's place", () => {
	const placeOf = ({
		item = 0,
		task = 0,
		request = {},
		...setting
	}: Setting & {
		item?: number;
		task?: number;
		request?: Parameters<typeof imageRequest>[0];
	} = {}) =>
		ledgerIn({}, setting).placeOf(item, task, novita, novita.submit(imageRequest(request)));
	const withKey = (id: string | null) => ({
		credentials: { zImageNovitaApi: { id, name: 'Novita' } },
	});

	it.each<[string, Parameters<typeof placeOf>[0]]>([
		['another prompt from an expression', { request: { prompt: 'a boat' } }],
		['another seed from an expression', { request: { seed: 2 } }],
		['another picture', { request: { image: 'binary:b' } }],
		['another name of the node', { node: { name: 'Pictures' } }],
		[
			'another account of another provider',
			{ node: { credentials: { zImageFalApi: { id: '7', name: 'x' } } } },
		],
	])('is the same with %s', (_, change) => {
		expect(placeOf(change)).toBe(placeOf());
	});

	it('is a different one for anything else', () => {
		const places = [
			placeOf(),
			placeOf({ item: 1 }),
			placeOf({ item: 11 }),
			placeOf({ task: 1 }),
			placeOf({ item: 1, task: 1 }),
			placeOf({ runIndex: 1 }),
			placeOf({ runIndex: 1, item: 1 }),
			placeOf({ node: { parameters: { ...parameters, prompt: '={{ $json.text }}' } } }),
			placeOf({ node: { parameters: { ...parameters, provider: 'fal' } } }),
			placeOf({ node: { parameters: { ...parameters, options: { seed: 1 } } } }),
			placeOf({ node: withKey('1') }),
			placeOf({ node: withKey('2') }),
		];
		expect(new Set(places).size).toBe(places.length);
	});

	it("doesn't contain the request", () => {
		const node = { parameters: { prompt: 'a secret wish' } };
		expect(placeOf({ node })).toMatch(/^0\.0\.0\.[0-9a-f]{64}$/);
	});

	describe('of a tool', () => {
		const node = { type: 'n8n-nodes-z-image.zImageGenerateTool' };

		it('is the same for the same request in any run of the node', () => {
			expect(placeOf({ node, runIndex: 1 })).toBe(placeOf({ node }));
		});

		it.each<[string, Parameters<typeof imageRequest>[0]]>([
			['prompt', { prompt: 'a lighthouse ' }],
			['size', { width: 1025 }],
			['seed', { seed: 2 }],
			['LoRAs', { loras: twoLoras }],
		])('is a different one for another %s', (_, request) => {
			expect(placeOf({ node, request })).not.toBe(placeOf({ node }));
		});
	});
});

const place = (item: number, task = 0, run = 0) => `${run}.${item}.${task}.a`;

it('finds a task at its place in a later attempt', () => {
	const data = {};
	ledgerIn(data).accept(place(0), novita, pending('a'));
	ledgerIn(data).accept(place(1), novita, pending('b'));
	expect(ledgerIn(data).find(place(0))).toStrictEqual(pending('a'));
	expect(ledgerIn(data).find(place(1))).toStrictEqual(pending('b'));
	expect(ledgerIn(data).find(place(2))).toBeUndefined();
	expect([0, 1, 2].map((item) => ledgerIn(data).has(place(item)))).toStrictEqual([
		true,
		true,
		false,
	]);
});

it('keeps the task as it was at that time', () => {
	const data = {};
	const given = pending('a');
	ledgerIn(data).accept(place(0), novita, given);
	Object.assign(given.task, { prompt: 'changed' });
	expect(ledgerIn(data).find(place(0))).toStrictEqual(pending('a'));
});

it('keeps the last task of a place', () => {
	const data = {};
	ledgerIn(data).accept(place(0), novita, pending('a'));
	ledgerIn(data).accept(place(0), novita, pending('b'));
	expect(ledgerIn(data).find(place(0))).toStrictEqual(pending('b'));
});

it('forgets only one task', () => {
	const ledger = ledgerIn({});
	ledger.accept(place(0), novita, pending('a'));
	ledger.accept(place(1), novita, pending('b'));
	ledger.forget(place(0));
	ledger.forget(place(2));
	expect([0, 1].map((item) => ledger.find(place(item)))).toStrictEqual([undefined, pending('b')]);
});

describe('a submit', () => {
	it('is in doubt from just before it is sent until its response arrives', () => {
		const data = {};
		ledgerIn(data).begin(place(0), fal);
		expect(ledgerIn(data).findDoubt(place(0))).toBe(
			"The execution ended while waiting for fal's response",
		);
		expect(ledgerIn(data).find(place(0))).toBeUndefined();
		ledgerIn(data).accept(place(0), fal, pending('a'));
		expect(ledgerIn(data).findDoubt(place(0))).toBeUndefined();
		expect(ledgerIn(data).find(place(0))).toStrictEqual(pending('a'));
	});

	it("that may have been accepted is in doubt, and isn't a task", () => {
		const data = {};
		ledgerIn(data).doubt(place(0), fal, 'It broke');
		expect(ledgerIn(data).findDoubt(place(0))).toBe('It broke');
		expect(ledgerIn(data).find(place(0))).toBeUndefined();
		expect(ledgerIn(data).has(place(0))).toBe(true);
		expect(ledgerIn(data).findDoubt(place(1))).toBeUndefined();
	});
});

describe('after all output', () => {
	it('what the run accepted or resumed is removed, and nothing else of the node', () => {
		const data: IContextObject = { other: { a: 1 } };
		ledgerIn(data).accept(place(0), novita, pending('a'));
		const retried = ledgerIn(data);
		retried.find(place(0));
		retried.accept(place(1), novita, pending('b'));
		retried.clear();
		expect(data).toStrictEqual({ other: { a: 1 } });
		retried.accept(place(2), novita, pending('c'));
		expect(ledgerIn(data).find(place(2))).toStrictEqual(pending('c'));
	});

	it("other runs' tasks stay", () => {
		const data: IContextObject = {};
		ledgerIn(data).accept(place(0), novita, pending('a'));
		const other = ledgerIn(data, { runIndex: 1 });
		other.accept(place(0, 0, 1), novita, pending('b'));
		other.clear();
		expect(other.find(place(0, 0, 1))).toBeUndefined();
		expect(other.find(place(0))).toStrictEqual(pending('a'));
	});
});

it.each([
	['none', [], 0],
	['one', [place(0)], 1],
	['three, of which two are in the ledger', [place(0), place(0, 2)], 3],
	['tasks of other items and runs', [place(1), place(10), place(0, 4, 1), place(0, 11)], 12],
])('counts the tasks of an item: %s', (_, places, expected) => {
	const ledger = ledgerIn({});
	places.forEach((key) => ledger.accept(key, novita, pending('a')));
	expect(ledger.countOf(0)).toBe(expected);
});

describe('charged tasks', () => {
	const facts = { width: null, height: null, nsfw: null, expiresInSeconds: null };
	const byCall: ImageReference = { call: { method: 'GET', path: '/1.png' }, ...facts };
	const [one, two] = ['https://a.example/1.png', 'https://a.example/2.png'] as const;
	const withImages = (taskId: string | null, ...images: ImageReference[]): SubmittedTask => ({
		task: { ...pending('').task, taskId },
		state: { ...(succeeded().state as Extract<OpenTask, { status: 'succeeded' }>), images },
	});
	const byUrl = (url: string): ImageReference => ({ url, ...facts });

	it.each<[string, SubmittedTask, string[]]>([
		['its ID', pending('task-1'), ['task-1']],
		['its ID, with images too', withImages('task-1', byUrl(one)), ['task-1']],
		['the URLs of its images', withImages(null, byUrl(one), byCall, byUrl(two)), [one, two]],
		["nothing: its images are on the user's own server", withImages(null, byCall), []],
	])('a task is identified by %s', (_, submitted, handles) => {
		const ledger = ledgerIn({});
		ledger.accept(place(0), novita, submitted);
		expect(ledger.paid()).toStrictEqual({ handles, paidItems: [0], doubtfulItems: [] });
	});

	it('are those of the run and its earlier attempts, and none of other runs', () => {
		const data = {};
		ledgerIn(data).accept(place(0), fal, pending('a'));
		ledgerIn(data).doubt(place(3), fal, 'It broke');
		ledgerIn(data).begin(place(3, 1), fal);
		ledgerIn(data).accept(place(0, 0, 1), fal, pending('b'));
		const ledger = ledgerIn(data);
		ledger.accept(place(2), fal, pending('c'));
		ledger.begin(place(12), fal);
		expect(ledger.paid()).toStrictEqual({
			handles: ['a', 'c'],
			paidItems: [0, 2],
			doubtfulItems: [3, 12],
		});
	});
});

describe('the log', () => {
	const where = (item: number) => `(workflow W1 "Shop", execution 12, node "Images", item ${item})`;

	it('lists every accepted task and where it belongs, because nothing else is left after a crash', () => {
		const log: string[] = [];
		const ledger = ledgerIn({}, { log });
		ledger.begin(place(7), fal);
		ledger.accept(place(7), fal, pending('task-1'));
		ledger.accept(place(8), fal, succeeded('https://a.example/1.png'));
		expect(log).toStrictEqual([
			`info: Z-Image: fal accepted task-1 ${where(7)}`,
			`info: Z-Image: fal accepted https://a.example/1.png ${where(8)}`,
		]);
	});

	it('lists all images of a task without an ID, or says that there is nothing to name', () => {
		const log: string[] = [];
		const ledger = ledgerIn({}, { log });
		ledger.accept(place(7), fal, succeeded('https://a.example/1.png', 'https://a.example/2.png'));
		ledger.accept(place(8), fal, succeeded());
		expect(log).toStrictEqual([
			`info: Z-Image: fal accepted https://a.example/1.png, https://a.example/2.png ${where(7)}`,
			`info: Z-Image: fal accepted a task ${where(8)}`,
		]);
	});

	it('leaves out what a workflow that was never saved lacks', () => {
		const log: string[] = [];
		ledgerIn({}, { log, workflow: {} }).accept(place(7), fal, pending('task-1'));
		expect(log).toStrictEqual([
			'info: Z-Image: fal accepted task-1 (workflow  "", execution 12, node "Images", item 7)',
		]);
	});

	it('warns of a task that may have been accepted', () => {
		const log: string[] = [];
		ledgerIn({}, { log }).doubt(place(2), fal, 'The connection broke');
		expect(log).toStrictEqual([
			`warn: Z-Image: fal may have accepted a task: The connection broke ${where(2)}`,
		]);
	});
});

it('survives storage in the database', () => {
	const data: IContextObject = {};
	const kept = [pending('a'), succeeded('https://a.example/1.png')];
	kept.forEach((submitted, item) => ledgerIn(data).accept(place(item), novita, submitted));
	ledgerIn(data).doubt(place(2), novita, 'It broke');
	const stored = JSON.parse(JSON.stringify(data)) as IContextObject;
	kept.forEach((submitted, item) => {
		expect(ledgerIn(stored).find(place(item))).toStrictEqual(submitted);
	});
	expect(ledgerIn(stored).findDoubt(place(2))).toBe('It broke');
	ledgerIn(stored).forget(place(0));
	const again = JSON.parse(JSON.stringify(stored)) as IContextObject;
	expect(ledgerIn(again).find(place(0))).toBeUndefined();
});
