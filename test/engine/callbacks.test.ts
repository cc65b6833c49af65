import type { IDataObject } from 'n8n-workflow';

import { callbackProviders } from '../../nodes/ZImage/providers/registry';
import { Receiver } from '../sandbox/receiver';
import { credentialsFor } from '../support/credentials';
import type { Step } from '../support/runWorkflow';
import { runWorkflow } from '../support/runWorkflow';
import { credentialsAt, withScript } from '../support/scriptedServer';
import { submitsOf, useSandbox } from '../support/sandboxes';

const getSandbox = useSandbox({ webhooks: { loopback: true, retrySeconds: 0.005 } });
const receiver = new Receiver();
let origin = '';
beforeAll(async () => void (origin = await receiver.start()));
afterEach(() => receiver.clear());
afterAll(async () => await receiver.stop());

/** In n8n's form. `&`, `%` and a non-ASCII letter must survive. */
const path = '/webhook-waiting/7?signature=0123456789abcdef0123456789abcdef&a=%26%20%C3%A9';
const signature = '0123456789abcdef0123456789abcdef';

/** Values that result in a URL. n8n stores what is typed. */
const expressionOf = (url: string) =>
	`=${url.replace(signature, "{{ '0123456789abcdef'.repeat(2) }}")}`;

async function generate(parameters: IDataObject, step: Partial<Step> = {}, items = [{}]) {
	return await runWorkflow({
		items,
		steps: [
			{
				type: 'zImageGenerate',
				parameters: { prompt: 'a boat', mode: 'submit', ...parameters },
				...step,
			},
		],
		credentials: credentialsFor(getSandbox()),
	});
}

/** Waits until that many delivery attempts are over. */
async function tries(count: number) {
	while (getSandbox().webhooks.length < count) {
		await new Promise((resolve) => setTimeout(resolve, 2));
	}
	return getSandbox().webhooks;
}

/** Each provider's submit: its query, and the body's fields besides the input. */
const wire = {
	fal: (url: string) => ({ query: { fal_webhook: url } }),
	wavespeed: (url: string) => ({ query: { webhook: url } }),
	replicate: (url: string) => ({
		query: {},
		body: { input: { prompt: 'a boat' }, webhook: url, webhook_events_filter: ['completed'] },
	}),
};

it('has a row for each provider that calls back', () => {
	expect(callbackProviders.map(({ id }) => id)).toEqual(Object.keys(wire));
});

describe.each(Object.entries(wire))('%s', (provider, expected) => {
	it('receives the URL, and calls it when the task has ended', async () => {
		const url = `${origin}${path}`;
		const { json, hints, stored } = await generate({
			provider,
			options: { callbackUrl: expressionOf(url) },
		});

		const [submit, ...others] = submitsOf(getSandbox());
		expect(others).toEqual([]);
		const { query, body } = expected(url) as { query: object; body?: object };
		expect(submit?.query).toEqual(query);
		if (body) expect(submit?.body).toMatchObject(body);
		else expect(JSON.stringify(submit?.body)).not.toContain('webhook');
		const [{ taskId, outcome } = {}] = await tries(1);
		expect([taskId, outcome]).toEqual([json[0]?.taskId, 200]);
		expect(receiver.calls.map((call) => call.path)).toEqual([path]);
		expect(hints).toEqual([]);

		// The URL appears nowhere in what n8n stores of the execution.
		expect(stored).not.toContain(signature);
	});

	it("receives no URL if there isn't one", async () => {
		await generate({ provider, options: { callbackUrl: '' } });
		const [submit] = submitsOf(getSandbox());
		expect(submit?.query).toEqual({});
		expect(JSON.stringify(submit?.body)).not.toContain('webhook');
	});

	it('receives another URL when a task is retried, but no other task', async () => {
		const callbackUrl = `={{ '${origin}/' + Math.random() }}`;
		const prompt = '=boat {{ $json.fault }}';
		const items = [{ fault: 1 }, { fault: '[sandbox:submit=503*1]' }];
		const { error, json } = await generate(
			{ provider, prompt, options: { callbackUrl } },
			{ maxTries: 3 },
			items,
		);
		// Neither the submit in doubt nor the accepted one is sent again.
		expect([error?.message ?? '', json.length]).toEqual([
			expect.stringContaining('not sent again'),
			0,
		]);
		expect(submitsOf(getSandbox())).toHaveLength(2);
	});

	it('never exposes the URL, in whatever form the provider repeats it', async () => {
		const url = `${origin}${path}`;
		const repeated = [url, encodeURIComponent(url), JSON.stringify(url), url.split('?')[1]];
		const body = { detail: repeated.join(' '), message: url, title: url, msg: url };
		await withScript(
			{
				stage: 'submit',
				answer: (response) =>
					response.writeHead(422, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
			},
			async ({ credentials }) => {
				const { error, stored } = await runWorkflow({
					steps: [
						{
							type: 'zImageGenerate',
							parameters: {
								provider,
								prompt: 'a boat',
								mode: 'submit',
								options: { callbackUrl: expressionOf(url) },
							},
						},
					],
					credentials,
				});
				expect(error?.message).toContain('***');
				expect(stored).not.toContain(signature);
			},
		);
	});
});

describe('is ignored with a hint', () => {
	const options = { callbackUrl: 'https://n8n.example.com/a' };
	it.each([
		['in Wait mode', { provider: 'fal', mode: 'wait' }],
		['by a provider without callbacks', { provider: 'novita' }],
		["by the user's own server", { provider: 'comfyui' }],
	])('%s', async (_, parameters) => {
		const { hints, error } = await generate({ ...parameters, options });
		expect(error).toBeUndefined();
		expect(hints.map(({ message }) => message)).toEqual([
			'Callback URL was ignored: it needs Submit mode and one of these providers: fal, WaveSpeed, Replicate.',
		]);
		expect(JSON.stringify(submitsOf(getSandbox()))).not.toContain('n8n.example.com');
	});
});

it('is checked for every item before the first one is sent', async () => {
	const { error } = await generate(
		{ provider: 'fal', options: { callbackUrl: '={{ $json.url }}' } },
		{},
		[{ url: `${origin}${path}` }, { url: 'nothing' }] as never,
	);
	expect(error?.message).toBe('Callback URL must be a complete https URL (got "nothing")');
	expect(submitsOf(getSandbox())).toEqual([]);
});

it.each(['http://localhost:5678', 'https://10.0.0.1', 'http://n8n.example.com'])(
	'%s is refused with the own address of a provider that calls only public https URLs',
	async (url) => {
		const { error, stored } = await runWorkflow({
			steps: [
				{
					type: 'zImageGenerate',
					parameters: {
						provider: 'replicate',
						prompt: 'a boat',
						mode: 'submit',
						options: { callbackUrl: expressionOf(`${url}${path}`) },
					},
				},
			],
			credentials: credentialsAt('https://api.replicate.com'),
		});
		expect(error?.message).toBe(
			`Callback URL must be a public https address that Replicate can call (got "${url}")`,
		);
		expect(stored).not.toContain(signature);
	},
);
