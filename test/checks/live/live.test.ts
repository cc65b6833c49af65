import { baseUrlOf } from '../../../sandbox/realN8n/credentials';
import type { ProviderId } from '../../../nodes/ZImage/providers/registry';
import { providers } from '../../../nodes/ZImage/providers/registry';
import {
	canaries,
	check,
	holdsKey,
	keyNames,
	toSandbox,
	useLiveSandbox,
} from '../../../checks/live/rig';

const getSandbox = useLiveSandbox();
const ids = providers.map(({ id }) => id);
const allKeys = Object.fromEntries(ids.map((id) => [keyNames[id], canaries[id]]));

async function checkOne(id: ProviderId, ...args: readonly string[]) {
	return await check(['--yes', ...toSandbox(getSandbox(), id), ...args], allKeys);
}

const submits = () => getSandbox().requests.filter(({ method }) => method === 'POST');

describe('a provider that matches its documentation', () => {
	it.each(ids)('%s: no difference, and one image requested', async (id) => {
		const run = await checkOne(id);

		expect(run.lastLine).toMatch(new RegExp(`^live check: ${id} ok, 0 differences, `));
		expect(run.exitCode).toBe(0);
		expect(submits()).toHaveLength(1);
	});

	/** ComfyUI gives each saved image a new name. */
	const withoutFileName = (sent: unknown): string =>
		(typeof sent === 'string' ? sent : JSON.stringify(sent)).replace(
			/z-image-turbo-\w{6}/g,
			'z-image-turbo',
		);

	it.each(ids)('%s: sends what it announced', async (id) => {
		const { output } = await checkOne(id);

		const [submit] = submits();
		expect(output).toContain(`POST ${getSandbox().urls[id]}${submit?.path}\n`);
		expect(withoutFileName(output)).toContain(`  ${withoutFileName(submit?.body)}\n`);
	});

	it('states the cost if it is documented', async () => {
		expect((await checkOne('fal')).lastLine).toMatch(/about 0\.0013 USD$/);
		expect((await checkOne('novita')).lastLine).toMatch(/cost not documented$/);
	});

	it('states no cost if the submit was refused', async () => {
		const { lastLine } = await checkOne('fal', '--prompt', '[sandbox:no-money]');
		expect(lastLine).toMatch(/FAILED, .+about 0 USD$/);
	});

	it('uses every provider with a key if none is named', async () => {
		const { urls } = getSandbox();
		const run = await check(
			['--yes', ...ids.flatMap((id) => ['--base-url', `${id}=${baseUrlOf(id, urls)}`])],
			allKeys,
		);

		expect(run.exitCode).toBe(0);
		for (const id of ids) expect(run.lastLine).toContain(`${id} ok`);
		expect(submits()).toHaveLength(ids.length);
	});
});

interface Fault {
	readonly id: ProviderId;
	readonly prompt: string;
	readonly says: RegExp;
	readonly exitCode?: 0;
}

const faults: readonly Fault[] = [
	{ id: 'fal', prompt: '[sandbox:submit=other-json]', says: /! request_id is missing/ },
	{
		id: 'fal',
		prompt: '[sandbox:status=unknown-state]',
		says: /! the state ".+" is not documented/,
	},
	{ id: 'fal', prompt: '[sandbox:status=other-json]', says: /! status is missing/ },
	{ id: 'fal', prompt: '[sandbox:result=other-json]', says: /! images is missing/ },
	{ id: 'fal', prompt: '[sandbox:result=html]', says: /! the answer is no JSON/ },
	{ id: 'fal', prompt: '[sandbox:submit=503]', says: /! HTTP 503, documented is 200/ },
	{ id: 'fal', prompt: '[sandbox:submit=429*1]', says: /· HTTP 429, documented/, exitCode: 0 },
	{ id: 'fal', prompt: '[sandbox:fail=no paint]', says: /! Generate failed: .*no paint/ },
	{ id: 'fal', prompt: '[sandbox:no-money]', says: /! Generate failed: .*HTTP 403/ },
	{ id: 'fal', prompt: '[sandbox:download=text]', says: /! Generate failed/ },
	{ id: 'fal', prompt: '[sandbox:submit=echo-key]', says: /! HTTP 400/ },
	{ id: 'fal', prompt: '[sandbox:submit=echo-key=escaped]', says: /! HTTP 400/ },
	{ id: 'novita', prompt: '[sandbox:submit=other-json]', says: /! task_id is missing/ },
	{ id: 'novita', prompt: '[sandbox:status=unknown-state]', says: /! the state ".+" is not/ },
	{ id: 'highway', prompt: '[sandbox:status=other-json]', says: /! task is missing/ },
	{ id: 'aimlapi', prompt: '[sandbox:submit=other-json]', says: /! data is missing/ },
	{ id: 'aimlapi', prompt: '[sandbox:submit=echo-key]', says: /! HTTP 400/ },
	{
		id: 'fal',
		prompt: '[sandbox:download=wrong-type=text/plain]',
		says: /· the header calls the file text\/plain, and it is image\/png/,
		exitCode: 0,
	},
	{ id: 'novita', prompt: '[sandbox:status=500*1]', says: /· HTTP 500, documented/, exitCode: 0 },
	{ id: 'novita', prompt: '[sandbox:status=404]', says: /! HTTP 404, documented is 200/ },
];

describe('a provider that differs from its documentation', () => {
	it.each(faults)('$id $prompt', async ({ id, prompt, says, exitCode = 1 }) => {
		const run = await checkOne(id, '--prompt', `a cliff ${prompt}`, '--timeout', '10');

		expect(run.output).toMatch(says);
		expect(run.exitCode).toBe(exitCode);
		expect(run.lastLine).toMatch(exitCode === 0 ? /ok, 1 difference,/ : /FAILED, \d+ difference/);
		expect(holdsKey(run.output)).toBe(false);
	});
});

describe('what prevents it from sending', () => {
	const sentNothing = () => expect(getSandbox().requests).toEqual([]);

	it('no confirmation, and nobody to ask', async () => {
		const run = await check(toSandbox(getSandbox(), 'fal'), allKeys);

		expect(run.exitCode).toBe(2);
		expect(run.lastLine).toContain('add --yes');
		expect(run.output).toContain('documented cost: 0.0013 USD');
		sentNothing();
	});

	it('shows the real addresses before it asks', async () => {
		const { output, exitCode } = await check([], allKeys, async () => 'no');

		expect(exitCode).toBe(2);
		for (const address of [
			'GET https://api.fal.ai/v1/models/pricing?endpoint_id=fal-ai%2Fz-image%2Fturbo',
			'POST https://queue.fal.run/fal-ai/z-image/turbo',
			'POST https://api.wavespeed.ai/api/v3/wavespeed-ai/z-image/turbo',
			'POST https://api.replicate.com/v1/models/prunaai/z-image-turbo/predictions',
			'POST https://api.novita.ai/v3/async/z-image-turbo',
			'POST https://api.highwayapi.ai/v3/async/z-image-turbo-lora',
			'POST https://api.aimlapi.com/v1/images/generations',
		]) {
			expect(output).toContain(`  ${address}`);
		}
	});

	it.each(['', 'no', 'y'])('the answer "%s"', async (answer) => {
		const run = await check(toSandbox(getSandbox(), 'fal'), allKeys, async () => answer);

		expect(run).toMatchObject({ exitCode: 2, lastLine: 'Nothing was sent.' });
		sentNothing();
	});

	it('but not the answer "yes"', async () => {
		const run = await check(toSandbox(getSandbox(), 'novita'), allKeys, async () => 'yes\n');

		expect(run.exitCode).toBe(0);
	});

	it('no key at all', async () => {
		const run = await check(['--yes'], {});

		expect(run.exitCode).toBe(2);
		for (const id of ids) expect(run.output).toContain(`no key in ${keyNames[id]}`);
		sentNothing();
	});

	it('no key for a provider that was named', async () => {
		const { fal, novita } = keyNames;
		const args = ['--yes', ...toSandbox(getSandbox(), 'fal', 'novita')];
		const run = await check(args, { [fal]: canaries.fal });

		expect(run.exitCode).toBe(2);
		expect(run.output).toContain(`Novita: no key in ${novita}`);
		sentNothing();
	});

	it.each([
		[['--provider', 'nowhere'], 'There is no provider "nowhere"'],
		[['--base-url', 'fal=sandbox'], '--base-url takes NAME=URL'],
		[['--timeout', 'soon'], '--timeout takes a whole number'],
		[['--force'], "Unknown option '--force'"],
		[['--help'], 'It costs money'],
	])('%j', async (args, says) => {
		const run = await check(['--yes', ...args], allKeys);

		expect(run.exitCode).toBe(2);
		expect(run.output).toContain(says);
		sentNothing();
	});

	it.each(ids)('a key that %s refuses: it is tested first, at no cost', async (id) => {
		const bad = `not-the-key-of-${id}:nor-its-secret`;
		const args = ['--yes', ...toSandbox(getSandbox(), id)];
		const run = await check(args, { [keyNames[id]]: bad });

		expect(run.exitCode).toBe(1);
		expect(run.output).toContain('refuses the key: nothing was generated');
		expect(run.lastLine).toMatch(/about 0 USD$/);
		expect(run.output).not.toContain(bad);
		expect(submits()).toEqual([]);
	});
});

describe('the key', () => {
	it('is removed from the environment', async () => {
		const { environment } = await check(toSandbox(getSandbox(), 'fal'), {
			...allKeys,
			FAL_KEY: 'another',
		});

		expect(environment).toEqual({});
	});

	it("is not in the output, but its variable's name is", async () => {
		const { output } = await checkOne('fal');

		expect(output).toContain('Z_IMAGE_FAL_KEY');
		expect(holdsKey(output)).toBe(false);
	});

	it("may be in the provider's own variable", async () => {
		const args = ['--yes', ...toSandbox(getSandbox(), 'fal')];
		const run = await check(args, { FAL_KEY: ` ${canaries.fal}\n` });

		expect(run.exitCode).toBe(0);
		expect(run.output).toContain('the key in FAL_KEY');
	});
});
