import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadImage } from '@napi-rs/canvas';
import { readExample } from '../../sandbox/realN8n/examples';
import { type ExecutionResult, outputItems } from '../../sandbox/realN8n/executionResult';
import { PROJECT_FOLDER } from '../../sandbox/realN8n/paths';
import { photos, uploadToFal, zipOf } from '../sandbox/training';
import { agentVariant, call, draw, lookUpTool, trainTool } from './agentWorkflows';
import { type OutsideRig, setUpOutsideRig } from './outsideRig';

const SAVE = 'Save image to disk';

// Jest's value here has the type any.
const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);

/** What the model may receive instead of an image, and how many tasks were charged. */
const FAILURES = [
	['empty', draw('  '), /^Prompt is empty/, 0],
	['tooLong', draw('x'.repeat(4500)), /at most 4000 characters on AI\/ML API \(got 4500\)/, 0],
	['refused', draw('a moth [sandbox:moderate]'), /content_policy_violation/, 1],
	['noMoney', draw('a moth [sandbox:no-money]'), /HTTP 403\).*Exhausted balance/, 0],
	['failed', draw('a moth [sandbox:fail=out of paint]'), /out of paint/, 1],
	['late', draw('a moth [sandbox:never]'), /did not finish the image within 1 second/, 1],
	[
		'unknownTask',
		call('Look_up', { Task_ID: 'e5f1c1a0-0000-4000-8000-000000000000' }),
		/could not report the task status \(HTTP 404\)/,
		0,
	],
] as const;

const TOOLS: Record<string, object> = {
	tooLong: { provider: 'aimlapi' },
	late: { options: { timeoutSeconds: 1 } },
};

let rig: OutsideRig;

beforeAll(async () => {
	const example = await readExample('agent-with-tool');
	const lookUp = (parameters = {}) => ({ Look_up: lookUpTool(parameters) });
	const lookingUp = call('Look_up', { Task_ID: '<taskId>' });
	rig = await setUpOutsideRig([
		example,
		...FAILURES.map(([id, request]) =>
			agentVariant(example, id, {
				request,
				tools: lookUp(),
				...(TOOLS[id] && { tool: TOOLS[id] }),
			}),
		),
		agentVariant(example, 'correctsItself', {
			request: `${draw('a cat', 'huge')} ${draw('a cat', '512x256')}`,
		}),
		agentVariant(example, 'undelivered', { request: draw('a cat [sandbox:download=404*1]') }),
		agentVariant(example, 'triesAgain', {
			request: Array.from({ length: 3 }, () => draw('a cat [sandbox:download=404*1]')).join(' '),
		}),
		agentVariant(example, 'checks', {
			request: `${draw('a cat [sandbox:never]')} ${lookingUp}`,
			tool: { options: { mode: 'submit' } },
			tools: lookUp({ mode: 'check' }),
		}),
		agentVariant(example, 'two', {
			request: draw('a cat'),
			tool: { options: { numberOfImages: 2 } },
		}),
		agentVariant(example, 'limited', {
			request: `${draw('a cat', '1024x1024')} ${draw('a dog', '1024x1024')}`,
			tool: { options: { maxCostUsd: 0.008 } },
		}),
		agentVariant(example, 'waitsAfterwards', {
			request: draw('a cat'),
			tool: { options: { mode: 'submit' } },
			status: 'pending',
		}),
		agentVariant(example, 'described', {
			request: draw('a cat'),
			tool: { descriptionType: 'manual', toolDescription: 'Draws one picture.' },
		}),
		agentVariant(example, 'submits', {
			request: `${draw('a cat')} ${lookingUp}`,
			tool: { options: { mode: 'submit' } },
			tools: lookUp(),
		}),
		agentVariant(example, 'withoutTasks', {
			request: draw('a cat'),
			tool: { provider: 'aimlapi' },
			fetching: {
				type: 'n8n-nodes-base.httpRequest',
				typeVersion: 4.2,
				parameters: {
					url: '={{ $json.url }}',
					options: { response: { response: { responseFormat: 'file' } } },
				},
				credentials: {},
			},
		}),
	]);
});

afterAll(async () => await rig?.close());

beforeEach(() => rig.reset());

async function run(id: string) {
	const result = await rig.editor.runWorkflow(id);
	const { turns } = rig.outside.openai;
	const [answer] = outputItems(result, 'AI Agent');
	return {
		result,
		tools: turns[0]?.tools ?? [],
		/** The tool's response to each of the model's calls. */
		told: turns.at(-1)?.toolResults ?? [],
		answer,
		submits: rig.sandbox.accepted.length,
	};
}

const parsed = (told: string | undefined): Array<Record<string, unknown>> =>
	JSON.parse(told ?? '[]') as Array<Record<string, unknown>>;

/** The result that docs/agent.md shows: the first block that is a list. */
async function documented() {
	const page = await readFile(join(PROJECT_FOLDER, 'docs/agent.md'), 'utf8');
	const [, block] = /```(?:json|text)\n(\[.*?)```/s.exec(page) ?? [];
	return parsed(block);
}

async function expectSavedAsToldBy(result: ExecutionResult, told: string | undefined) {
	const saved = outputItems(result, SAVE);
	const images = parsed(told);
	expect(saved).toHaveLength(images.length);
	for (const [index, item] of saved.entries()) {
		const bytes = await readFile(rig.savedFile(item));
		const file = await fetch(String(images[index]?.['url']));
		expect(bytes.equals(Buffer.from(await file.arrayBuffer()))).toBe(true);
		const { width, height } = await loadImage(bytes);
		expect(images[index]).toMatchObject({ width, height });
	}
}

describe('the example', () => {
	it('offers the model one tool and describes its inputs', async () => {
		const { tools } = await run('zImageAgentWithTool');

		expect(tools).toHaveLength(1);
		expect(tools[0]).toMatchObject({
			name: 'Generate_an_image',
			description: matching(/^Generates an image from a text prompt/),
			parameters: {
				type: 'object',
				properties: {
					Prompt: { type: 'string', description: matching(/^What the image shows/) },
					Size: { type: 'string', description: matching(/1024x576 landscape/) },
				},
				required: ['Prompt', 'Size'],
				additionalProperties: false,
			},
		});
	});

	it('returns URL, seed and size to the model, and passes the file to the next step', async () => {
		const { result, told, answer, submits } = await run('zImageAgentWithTool');

		expect(result.status).toBe('success');
		expect(told).toHaveLength(1);
		const [image, ...others] = parsed(told[0]);
		expect(others).toEqual([]);
		expect(image).toEqual({
			status: 'succeeded',
			provider: 'fal',
			taskId: matching(/./),
			prompt: 'I need an image of a lighthouse on a cliff in a storm',
			url: matching(/^http/),
			width: 1024,
			height: 576,
			seed: expect.any(Number) as number,
		});
		const [shown] = await documented();
		expect(Object.keys(image ?? {}).sort()).toEqual(Object.keys(shown ?? {}).sort());
		// The model is charged for what it reads.
		expect(told[0]?.length).toBeLessThan(400);
		expect(told[0]).not.toMatch(/base64|data:/);

		expect(answer?.json['output']).toContain(image?.['url']);
		expect(answer).not.toHaveProperty('binary');
		await expectSavedAsToldBy(result, told[0]);
		expect(submits).toBe(1);
		expect(rig.outside.proxy.refused).toEqual([]);
	});

	it('passes on every image of a call', async () => {
		const { result, told, submits } = await run('two');

		expect(parsed(told[0])).toHaveLength(2);
		await expectSavedAsToldBy(result, told[0]);
		expect(submits).toBe(1);
	});
});

it('the maximum cost covers all calls of an execution together', async () => {
	const { told, submits } = await run('limited');

	expect(parsed(told[0])[0]).toMatchObject({ status: 'succeeded' });
	expect(parsed(told[1])[0]?.['error']).toMatch(/^Max Cost \(USD\) is 0.008/);
	expect(submits).toBe(1);
});

it('in Submit mode, the step after the agent can wait instead', async () => {
	const { result, told, submits } = await run('waitsAfterwards');

	const [task] = parsed(told[0]);
	expect(task).toMatchObject({ status: 'pending' });
	const [saved, ...others] = outputItems(result, SAVE);
	expect(others).toEqual([]);
	expect(saved?.json).toMatchObject({ taskId: task?.['taskId'], prompt: 'a cat', width: 512 });
	expect(submits).toBe(1);
});

it('a description of your own replaces ours', async () => {
	expect((await run('described')).tools[0]?.description).toBe('Draws one picture.');
});

describe('an error', () => {
	it.each(FAILURES)(
		'%s: comes back as text, and the agent continues',
		async (id, _, text, paid) => {
			const { result, told, answer, submits } = await run(id);

			expect(result.status).toBe('success');
			expect(told).toHaveLength(1);
			expect(parsed(told[0])).toHaveLength(1);
			expect(parsed(told[0])[0]?.['error']).toMatch(text);
			// The model, or the step after the agent, can fetch a charged task.
			if (paid > 0) expect(parsed(told[0])[0]?.['taskId']).toMatch(/./);
			expect(answer?.json['output']).toMatch(/^I could not make it: /);
			expect(outputItems(result, SAVE)).toEqual([]);
			expect(submits).toBe(paid);
		},
	);

	it('of the download alone contains enough for the next step to fetch the file', async () => {
		const { result, told, submits } = await run('undelivered');

		expect(parsed(told[0])).toEqual([
			expect.objectContaining({
				error: matching(/^The image could not be downloaded/),
				whatToDo: matching(/Get Task Result/),
				url: matching(/^http/),
			}),
		]);
		await expectSavedAsToldBy(result, told[0]);
		expect(submits).toBe(1);
	});

	it("isn't charged twice when the model calls again, but a delivered image is", async () => {
		const { told, submits } = await run('triesAgain');

		const [failed, fetched, another] = told.map((text) => parsed(text)[0]);
		expect(failed).toMatchObject({ error: matching(/^The image could not be downloaded/) });
		expect(fetched).toMatchObject({ status: 'succeeded', taskId: failed?.['taskId'] });
		expect(another?.['taskId']).not.toBe(failed?.['taskId']);
		expect(submits).toBe(2);
	});

	it('contains enough for a model to repeat the call correctly', async () => {
		const { result, told, submits } = await run('correctsItself');

		expect(parsed(told[0])[0]?.['error']).toMatch(
			/^Size must be width x height, such as 1024x768 \(got "huge"\)/,
		);
		expect(parsed(told[1])[0]).toMatchObject({ width: 512, height: 256 });
		await expectSavedAsToldBy(result, told[1]);
		expect(submits).toBe(1);
	});
});

describe('Get Task Result as a tool', () => {
	it('says what it is for', async () => {
		const { tools } = await run('submits');

		expect(tools.find(({ name }) => name === 'Look_up')).toMatchObject({
			description: matching(/^Fetches the image or the LoRA of a task/),
			parameters: { properties: { Task_ID: { type: 'string' } }, required: ['Task_ID'] },
		});
	});

	it('reports a pending task, in Check Once mode too', async () => {
		const { told } = await run('checks');

		const [submitted, checked] = told.map((text) => parsed(text)[0]);
		expect(submitted).toMatchObject({ status: 'pending', provider: 'fal' });
		expect(checked).toMatchObject({ status: 'pending', taskId: submitted?.['taskId'] });
	});

	it('fetches what Generate as a tool submitted', async () => {
		const { result, told, submits } = await run('submits');

		expect(parsed(told[0])).toEqual([
			expect.objectContaining({ status: 'pending', taskId: matching(/./) }),
		]);
		expect(parsed(told[1])).toEqual([
			expect.objectContaining({
				status: 'succeeded',
				taskId: parsed(told[0])[0]?.['taskId'],
				url: matching(/^http/),
			}),
		]);
		await expectSavedAsToldBy(result, told[1]);
		expect(submits).toBe(1);
	});
});

it('for a provider without tasks, an HTTP Request after the agent has the file', async () => {
	const { result, told } = await run('withoutTasks');

	expect(parsed(told[0])[0]).toMatchObject({ provider: 'aimlapi', width: 512 });
	await expectSavedAsToldBy(result, told[0]);
	expect(rig.sandbox.requestsTo('aimlapi')).toHaveLength(1);
});

describe('Train LoRA as a tool', () => {
	/** An agent that trains twice. Its workflow is made now, when the URL of the zip is known. */
	async function train(id: string, options: object) {
		const zipUrl = await uploadToFal(rig.sandbox, await zipOf(photos('teal')));
		const training = (word: string) => call('Train', { Zip_URL: zipUrl, Trigger_Word: word });
		const lookingUp = call('Look_up', { Task_ID: '<taskId>' });
		const example = await readExample('agent-with-tool');
		const workflow = agentVariant(example, id, {
			request: `${training('ohwx')} ${lookingUp} ${training('zkx')}`,
			tools: { Train: trainTool(options), Look_up: lookUpTool({}) },
			fetching: {
				parameters: {
					provider: 'fal',
					taskId: '={{ $json.taskId }}',
					options: { downloadWeights: true },
				},
			},
		});
		return await run(await rig.editor.createWorkflow(workflow));
	}

	it('trains within the maximum cost of all calls, and the step after has the weights', async () => {
		const { result, tools, told, submits } = await train('trains', { maxCostUsd: 1 });

		expect(result.status).toBe('success');
		expect(tools.find(({ name }) => name === 'Train')).toMatchObject({
			description: matching(/^Trains a LoRA .* costs money/),
			parameters: { required: ['Zip_URL', 'Trigger_Word'] },
		});
		const [task, lora, another] = told.map((text) => parsed(text)[0]);
		const taskId: unknown = task?.['taskId'];
		expect(task).toEqual({ status: 'pending', trigger: 'ohwx', provider: 'fal', taskId });
		expect(lora).toMatchObject({ status: 'succeeded', taskId, url: matching(/\.safetensors$/) });
		expect(another).toMatchObject({
			error: matching(/^Max Cost \(USD\) is 1, but .* 1\.7 USD/),
			charged: 'no',
		});
		expect(submits).toBe(1);
		const [saved, ...others] = outputItems(result, SAVE);
		expect(others).toEqual([]);
		const weights = await fetch(String(lora?.['url']));
		const bytes = saved && (await readFile(rig.savedFile(saved)));
		expect(bytes?.equals(Buffer.from(await weights.arrayBuffer()))).toBe(true);
	});

	it('refuses to run without a maximum cost, before anything is sent', async () => {
		const { result, told, submits } = await train('trainsWithoutLimit', {});

		expect(result.status).toBe('success');
		const refused = {
			error: 'Max Cost (USD) is required when an AI agent uses this node as a tool',
			whatToDo: matching(/^Nothing was sent\. .*Add the option Max Cost \(USD\)\./),
			charged: 'no',
		};
		expect([told[0], told[2]].map((text) => parsed(text)[0])).toMatchObject([refused, refused]);
		expect(submits).toBe(0);
		expect(rig.sandbox.trainingSets).toEqual([]);
	});
});
