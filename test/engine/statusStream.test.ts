import type { IDataObject } from 'n8n-workflow';
import { setTimeout as sleep } from 'timers/promises';

import { systemClock } from '../../nodes/ZImage/http/clock';
import { PollSchedule } from '../../nodes/ZImage/tasks/schedule';
import { credentialsFor } from '../support/credentials';
import { fastClock } from '../support/fastClock';
import type { WorkflowOptions } from '../support/runWorkflow';
import { runWorkflow } from '../support/runWorkflow';
import { submitsOf, useSandbox } from '../support/sandboxes';

const getSandbox = useSandbox();

/** Generates an image from each prompt, with fal unless the parameters say otherwise, in real time. */
async function generate(
	prompts: string[],
	parameters: IDataObject = {},
	options: Partial<WorkflowOptions> = {},
) {
	return await runWorkflow({
		items: prompts.map((prompt) => ({ prompt })),
		steps: [
			{
				type: 'zImageGenerate',
				parameters: {
					provider: 'fal',
					prompt: '={{ $json.prompt }}',
					size: '512x512',
					...parameters,
				},
			},
		],
		credentials: credentialsFor(getSandbox()),
		clock: systemClock,
		...options,
	});
}

/** The requests about tasks, each by its kind. */
const asked = () =>
	getSandbox()
		.requestsTo('fal')
		.map(({ method, path }) => `${method} ${/\/status.*|$/.exec(path)?.[0] ?? ''}`);

it('waits for a task by its stream', async () => {
	const { json, error } = await generate(['a boat [sandbox:seconds=0.6]']);
	expect(error).toBeUndefined();
	expect(json).toMatchObject([{ status: 'succeeded', prompt: 'a boat [sandbox:seconds=0.6]' }]);
	expect(asked()).toStrictEqual(['POST ', 'GET /status', 'GET /status/stream', 'GET ']);
});

it('sends the key to the stream, as to every call', async () => {
	await generate(['a boat [sandbox:seconds=0.4]']);
	const [stream] = getSandbox().requests.filter(({ path }) => path.endsWith('/stream'));
	expect(stream?.headers).toMatchObject({
		authorization: 'Key sandbox-fal-id:sandbox-fal-secret',
		accept: 'text/event-stream',
	});
});

it.each([
	...['401', '404', '429', '500', '503;retry-after=60', 'reset', 'reset-mid', 'hang', 'drip'],
	...['switch', 'empty', 'html', 'broken-json', 'other-json', 'wrong-type', 'redirect'],
	...['redirect-loop', 'unknown-state', 'cut-short', 'buffered', 'endless', 'early'],
	'garbage',
])('has each image once, whatever becomes of the streams: %s', async (fault) => {
	const tokens = `[sandbox:stream=${fault}][sandbox:seconds=0.5]`;
	const prompts = [0, 1, 2].map((index) => `${index} ${tokens}`);
	const { json, error } = await generate(prompts);
	expect(error).toBeUndefined();
	expect(json.map(({ prompt }) => prompt)).toStrictEqual(prompts);
	expect(submitsOf(getSandbox())).toHaveLength(3);
});

it('has each image once where the streams go silent, which takes a while to notice', async () => {
	const prompts = [0, 1, 2].map((index) => `${index} [sandbox:stream=silent][sandbox:polls=4]`);
	const { json, error } = await generate(prompts, {}, { clock: fastClock() });
	expect(error).toBeUndefined();
	expect(json.map(({ prompt }) => prompt)).toStrictEqual(prompts);
	expect(submitsOf(getSandbox())).toHaveLength(3);
});

it('opens no more streams in a run once one has broken', async () => {
	const prompts = Array.from(
		{ length: 6 },
		(_, i) => `${i} [sandbox:stream=500][sandbox:seconds=0.3]`,
	);
	const { json } = await generate(prompts, { options: { maxConcurrency: 2 } });
	expect(json).toHaveLength(6);
	expect(asked().filter((one) => one.endsWith('/stream')).length).toBeLessThanOrEqual(2);
});

it('tells why a task has failed, as without a stream', async () => {
	const { error } = await generate(['[sandbox:seconds=0.4][sandbox:fail=The GPU fell off]']);
	expect(error?.message).toContain('The GPU fell off');
});

it('has as many streams open as tasks, and none after the run', async () => {
	const open = () => getSandbox().requests.filter(({ path }) => path.endsWith('/stream')).length;
	const prompts = Array.from({ length: 8 }, (_, index) => `${index} [sandbox:never]`);
	const threeAreOpen = async () => {
		while (open() < 3) await sleep(5);
	};
	await generate(prompts, { options: { maxConcurrency: 3 } }, { cancelWhen: threeAreOpen() });
	expect(open()).toBe(3);
	expect(submitsOf(getSandbox())).toHaveLength(3);
});

it('a stream ends at the deadline, and the task is returned', async () => {
	const { error } = await generate(['[sandbox:never]'], { options: { timeoutSeconds: 1 } });
	expect(error?.message).toContain('did not finish the image within 1 second');
	expect(error?.context.data).toMatchObject({ taskId: expect.any(String) as string });
});

it('a run knows from those before it how long such a request takes', async () => {
	const learn = jest.spyOn(PollSchedule.prototype, 'learn');
	for (const parameters of [{}, {}, { size: '1024x1024' }]) {
		await generate(['a boat'], { provider: 'novita', ...parameters });
	}
	const [first, second, third] = learn.mock.contexts as unknown[];
	learn.mockRestore();
	expect(second).toBe(first);
	expect(third).not.toBe(first);
});
