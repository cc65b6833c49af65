import type { IDataObject } from 'n8n-workflow';

import type { Caller } from '../support/callbacks';
import { submitWithCallback } from '../support/callbacks';
import { credentialsFor } from '../support/credentials';
import { readBinary } from '../support/runWorkflow';
import { useSandbox } from '../support/sandboxes';
import type { TriggerOptions } from '../support/triggerServer';
import { TriggerServer } from '../support/triggerServer';

const callers: readonly Caller[] = ['fal', 'wavespeed', 'replicate'];

const getSandbox = useSandbox({ webhooks: { loopback: true, retrySeconds: 0.005 } });

let server: TriggerServer | undefined;
afterEach(async () => await server?.stop());

/** Starts a workflow that the provider can call. */
async function listen(
	provider: string,
	{ parameters, ...options }: Partial<TriggerOptions> = {},
): Promise<{ trigger: TriggerServer; url: string }> {
	const trigger = new TriggerServer({
		parameters: { provider, ...parameters },
		credentials: credentialsFor(getSandbox()),
		...options,
	});
	server = trigger;
	return { trigger, url: await trigger.start() };
}

const statuses = ({ handled }: TriggerServer) => handled.map(({ status }) => status);

/** The output of the executions that were started. */
const started = ({ handled }: TriggerServer) => handled.flatMap(({ outputs }) => outputs ?? []);

/** Replicate also calls at the start, which starts nothing. */
const eventsOf = (provider: Caller) => (provider === 'replicate' ? 2 : 1);

describe.each(callers)('%s', (provider) => {
	it("starts the workflow with a finished task's image", async () => {
		const { trigger, url } = await listen(provider);
		const taskId = await submitWithCallback(getSandbox(), provider, 'a harbor', url);
		await trigger.calls(eventsOf(provider));
		expect(statuses(trigger)).toEqual(Array(eventsOf(provider)).fill(200));
		const [done, failed] = started(trigger);
		expect(failed).toEqual([]);
		expect(done).toHaveLength(1);
		expect(done?.[0]?.json).toMatchObject({
			provider,
			taskId,
			status: 'succeeded',
			imageIndex: 0,
			imageCount: 1,
			url: expect.stringMatching(/^http/) as string,
			contentType: expect.stringMatching(/^image\//) as string,
			model: null,
			loras: null,
		});
		expect((await readBinary(done?.[0]?.binary?.data)).length).toBeGreaterThan(1000);
		expect(trigger.warnings).toEqual([]);
	});

	it("sends a failed task to the Failed output, in the provider's words", async () => {
		const { trigger, url } = await listen(provider);
		const taskId = await submitWithCallback(getSandbox(), provider, 'x [sandbox:fail]', url);
		await trigger.calls(eventsOf(provider));
		const [done, failed] = started(trigger);
		expect(done).toEqual([]);
		expect(failed).toHaveLength(1);
		expect(failed?.[0]?.json).toMatchObject({
			provider,
			taskId,
			status: 'failed',
			error: expect.stringContaining('could not make the image') as string,
		});
	});

	it('starts once for a task that is reported twice', async () => {
		const { trigger, url } = await listen(provider);
		await submitWithCallback(getSandbox(), provider, 'x [sandbox:webhook=twice]', url);
		await trigger.calls(eventsOf(provider) + 1);
		expect(new Set(statuses(trigger))).toEqual(new Set([200]));
		expect(started(trigger)).toHaveLength(2);
	});

	it('starts nothing for what someone else signed', async () => {
		const { trigger, url } = await listen(provider);
		const taskId = await submitWithCallback(
			getSandbox(),
			provider,
			'x [sandbox:webhook=forged]',
			url,
		);
		await trigger.calls(eventsOf(provider) + 1);
		expect(statuses(trigger).filter((status) => status === 401)).toHaveLength(1);
		expect(trigger.handled.find(({ status }) => status === 401)).toEqual({
			status: 401,
			text: '',
			hints: [],
		});
		expect(started(trigger)[0]).toEqual([
			expect.objectContaining({ json: expect.objectContaining({ taskId }) as IDataObject }),
		]);
		expect(trigger.warnings).toEqual([
			expect.stringMatching(/^Z-Image Trigger: a call was refused \(HTTP 401\): its signature is/),
		]);
	});

	it('starts nothing for an old call, and requests no keys', async () => {
		const { trigger, url } = await listen(provider);
		await submitWithCallback(getSandbox(), provider, 'x [sandbox:webhook=stale]', url);
		await trigger.calls(eventsOf(provider) + 2);
		expect(statuses(trigger)).toContain(401);
		expect(started(trigger)).toEqual([]);
		expect(trigger.warnings[0]).toContain('is more than 5 minutes from');
	});

	it('starts for a report that comes before the answer to the submit', async () => {
		const { trigger, url } = await listen(provider);
		const taskId = await submitWithCallback(
			getSandbox(),
			provider,
			'x [sandbox:webhook=out-of-order]',
			url,
		);
		await trigger.calls(eventsOf(provider));
		expect(started(trigger)[0]?.[0]?.json).toMatchObject({ taskId, status: 'succeeded' });
	});

	it("uses only the task's ID from the report", async () => {
		const { trigger, url } = await listen(provider);
		await submitWithCallback(getSandbox(), provider, 'x [sandbox:webhook=no-payload]', url);
		await trigger.calls(eventsOf(provider));
		expect(started(trigger)[0]?.[0]?.json).toMatchObject({ status: 'succeeded' });
	});

	it('requests its keys once', async () => {
		const { trigger, url } = await listen(provider);
		for (const prompt of ['one', 'two', 'three']) {
			await submitWithCallback(getSandbox(), provider, prompt, url);
		}
		await trigger.calls(3 * eventsOf(provider));
		expect(started(trigger)).toHaveLength(6);
		const asked = getSandbox().requests.filter(({ path }) =>
			/jwks|webhook\w*\/.*secret/.test(path),
		);
		expect(asked).toHaveLength(1);
	});
});
