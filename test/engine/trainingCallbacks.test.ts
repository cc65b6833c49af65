import type { IDataObject } from 'n8n-workflow';

import { credentialsFor } from '../support/credentials';
import { makePicture } from '../support/picture';
import { readBinary, runWorkflow, storeFile } from '../support/runWorkflow';
import { submitsOf, useSandbox } from '../support/sandboxes';
import { TriggerServer } from '../support/triggerServer';

const getSandbox = useSandbox({ webhooks: { loopback: true, retrySeconds: 0.005 } });

let server: TriggerServer | undefined;
afterEach(async () => await server?.stop());

/** Begins a workflow that the provider can call. */
async function listen(
	provider: string,
	parameters: IDataObject = {},
): Promise<{ trigger: TriggerServer; url: string }> {
	const trigger = new TriggerServer({
		parameters: { provider, ...parameters },
		credentials: credentialsFor(getSandbox()),
	});
	server = trigger;
	return { trigger, url: await trigger.start() };
}

/**
 * Trains with the node itself, which tells the provider whom to call.
 * @returns the ID of the training
 */
async function train(provider: string, callbackUrl: string, words = ''): Promise<string> {
	const data = await storeFile(makePicture('png', 64, 48));
	const { json, error } = await runWorkflow({
		items: [{}, {}],
		inputBinary: { data },
		steps: [
			{
				type: 'zImageTrainLora',
				parameters: { provider, triggerWord: `ohwx ${words}`, options: { callbackUrl } },
			},
		],
		credentials: credentialsFor(getSandbox()),
	});
	expect(error).toBeUndefined();
	expect(json).toMatchObject([{ status: 'pending' }]);
	return String(json[0]?.taskId);
}

const statuses = ({ handled }: TriggerServer) => handled.map(({ status }) => status);

/** What came out of the executions that were started. */
const started = ({ handled }: TriggerServer) => handled.flatMap(({ outputs }) => outputs ?? []);

/** What is known of a training of which a report tells no more than the ID: fal's trainers are apps of their own. */
const knownOf: Readonly<Record<string, IDataObject>> = {
	fal: { model: 'fal-ai/z-image-turbo-trainer-v2', trainer: 'v2', baseModel: 'turbo' },
	wavespeed: { model: null, trainer: null, baseModel: null },
};

describe.each(['fal', 'wavespeed'])('%s', (provider) => {
	it('starts the workflow with the LoRA of a finished training', async () => {
		const { trigger, url } = await listen(provider);
		const taskId = await train(provider, url);
		await trigger.calls(1);
		expect(statuses(trigger)).toEqual([200]);
		const path = expect.stringMatching(/^http.+\.safetensors/) as string;
		const [done, failed] = started(trigger);
		expect(failed).toEqual([]);
		expect(done?.map(({ json }) => json)).toEqual([
			{
				provider,
				...knownOf[provider],
				taskId,
				status: 'succeeded',
				loras: [{ path, scale: 1 }],
				trigger: null,
				steps: null,
				imageCount: null,
				url: path,
				configUrl: provider === 'fal' ? (expect.stringMatching(/^http/) as string) : null,
				expiresAt: provider === 'fal' ? null : (expect.any(String) as string),
				estimatedCostUsd: null,
			},
		]);
		expect(done?.[0]?.binary).toBeUndefined();
		expect(trigger.warnings).toEqual([]);
		expect(submitsOf(getSandbox())).toHaveLength(1);
	});

	it('has the weights as a file where they are wanted', async () => {
		const options = { downloadWeights: true, fileName: 'mug', binaryPropertyName: 'lora' };
		const { trigger, url } = await listen(provider, { options });
		await train(provider, url);
		await trigger.calls(1);
		const file = started(trigger)[0]?.[0]?.binary?.lora;
		expect(file?.fileName).toBe('mug.safetensors');
		expect((await readBinary(file)).toString('latin1', 8, 9)).toBe('{');
	});

	it.each([
		['for its images', '[sandbox:least-images=50]', /50/],
		['for its zip', '[sandbox:bad-zip]', /zip/],
	])('puts a training that failed %s on the output Failed', async (_, words, reason) => {
		const { trigger, url } = await listen(provider);
		const taskId = await train(provider, url, words);
		await trigger.calls(1);
		expect(statuses(trigger)).toEqual([200]);
		const [done, failed] = started(trigger);
		expect(done).toEqual([]);
		expect(failed?.map(({ json }) => json)).toMatchObject([
			{ provider, taskId, status: 'failed', errorKind: 'input' },
		]);
		expect(failed?.[0]?.json.error).toContain('could not train the LoRA');
		expect(failed?.[0]?.json.error).toMatch(reason);
	});

	it('starts once for a training that is reported twice', async () => {
		const { trigger, url } = await listen(provider);
		await train(provider, url, '[sandbox:webhook=twice]');
		await trigger.calls(2);
		expect(statuses(trigger)).toEqual([200, 200]);
		expect(started(trigger)).toHaveLength(2);
	});

	it('starts nothing for what someone else has signed', async () => {
		const { trigger, url } = await listen(provider);
		const taskId = await train(provider, url, '[sandbox:webhook=forged]');
		await trigger.calls(2);
		expect([...statuses(trigger)].sort()).toEqual([200, 401]);
		// The true report comes, too.
		expect(started(trigger).map((items) => items.map(({ json }) => json.taskId))).toEqual([
			[taskId],
			[],
		]);
		expect(trigger.warnings).toEqual([
			expect.stringMatching(/^Z-Image Trigger: a call was refused \(HTTP 401\): its signature is/),
		]);
	});

	it('starts nothing for an old call', async () => {
		const { trigger, url } = await listen(provider);
		await train(provider, url, '[sandbox:webhook=stale]');
		await trigger.calls(1);
		expect(statuses(trigger)).toContain(401);
		expect(started(trigger)).toEqual([]);
	});

	it('takes nothing from the report but the ID of the training', async () => {
		const { trigger, url } = await listen(provider);
		await train(provider, url, '[sandbox:webhook=no-payload]');
		await trigger.calls(1);
		expect(started(trigger)[0]?.[0]?.json).toMatchObject({ status: 'succeeded' });
	});
});

it('a training of another account starts nothing: fal signs for all of its customers', async () => {
	const { trigger, url } = await listen('fal', { userId: 'somebody-else' });
	await train('fal', url);
	await trigger.calls(1);
	expect(statuses(trigger)).toContain(401);
	expect(started(trigger)).toEqual([]);
	expect(trigger.warnings[0]).toContain('for another User ID');
});

it('the app of each of fal’s trainers is asked whether the training is the account’s own', async () => {
	const { trigger, url } = await listen('fal');
	const taskId = await train('fal', url);
	await trigger.calls(1);
	const asked = getSandbox()
		.requests.filter(({ path }) => path.endsWith(`/requests/${taskId}/status`))
		.map(({ path }) => path.split('/requests/')[0]);
	// Before the workflow starts, and in it.
	expect(asked.slice(0, 2)).toEqual(['/fal-ai/z-image', '/fal-ai/z-image-turbo-trainer-v2']);
	expect(trigger.handled[0]?.hints.map(({ message }) => message)).toEqual([
		expect.stringContaining('Enter it as User ID'),
	]);
});
