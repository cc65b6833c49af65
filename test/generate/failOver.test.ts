import { Failure } from '../../nodes/ZImage/errors/failure';
import { FailOver, mayFallBack } from '../../nodes/ZImage/generate/failOver';
import { comfyui } from '../../nodes/ZImage/providers/comfyui';
import { fal } from '../../nodes/ZImage/providers/fal';
import { novita } from '../../nodes/ZImage/providers/novita';
import type { ErrorKind, Provider } from '../../nodes/ZImage/providers/provider';
import { wavespeed } from '../../nodes/ZImage/providers/wavespeed';

const down = (name: string) => new Failure(`${name} is down`, { kind: 'unavailable' });

/** A run whose providers and clock do as the test says. */
function createRun() {
	let now = 0;
	const failOver = new FailOver({
		now: () => now,
		random: () => 0.5,
		sleep: async () => {},
	});
	const asked: string[] = [];
	const left: string[] = [];
	return {
		asked,
		left,
		at: (ms: number) => void (now = ms),
		run: async (
			order: readonly Provider[],
			answers: Readonly<Record<string, Error>>,
			{ kept, unable = {} }: { kept?: string; unable?: Readonly<Record<string, Error>> } = {},
		) =>
			await failOver.run(
				order.map((provider) => ({ provider })),
				{
					isKept: ({ provider }) => provider.id === kept,
					async begin({ provider: { id } }) {
						if (unable[id]) throw unable[id];
					},
					async work({ provider: { id } }, failed) {
						asked.push(id);
						if (answers[id]) throw answers[id];
						return [id, ...failed.map(({ provider }) => provider)];
					},
					leave: ({ provider }) => void left.push(provider.id),
				},
			),
	};
}

describe('a provider that accepted nothing', () => {
	it('is skipped for a minute, then used again', async () => {
		const { run, at, asked } = createRun();
		expect(await run([fal, novita], { fal: down('fal') })).toEqual(['novita', 'fal']);
		at(59_999);
		expect(await run([fal, novita], {})).toEqual(['novita', 'fal']);
		expect(asked).toEqual(['fal', 'novita', 'novita']);
		at(60_000);
		expect(await run([fal, novita], {})).toEqual(['fal']);
	});

	it('is used anyway if no other is left', async () => {
		const { run, asked } = createRun();
		await run([fal, novita], { fal: down('fal') });
		expect(await run([novita, fal], { novita: down('Novita') })).toEqual(['fal', 'novita']);
		expect(asked).toEqual(['fal', 'novita', 'novita', 'fal']);
	});

	it('is still used for what it has received already', async () => {
		const { run } = createRun();
		await run([fal, novita], { fal: down('fal') });
		expect(await run([fal, novita], {}, { kept: 'fal' })).toEqual(['fal']);
	});
});

it('a provider that failed a task at its own cost is used for the next one', async () => {
	const { run } = createRun();
	const details = { kind: 'unavailable', charged: 'no', task: { status: 'failed' } } as const;
	const failed = new Failure('fal could not make the image', details);
	expect(await run([fal, novita], { fal: failed })).toEqual(['novita', 'fal']);
	expect(await run([fal, novita], {})).toEqual(['fal']);
});

it('a kept task goes first, and the providers before it are skipped', async () => {
	const { run, asked } = createRun();
	expect(await run([fal, novita, wavespeed], {}, { kept: 'novita' })).toEqual(['novita']);
	expect(asked).toEqual(['novita']);
});

it('an unusable provider is skipped, and its reason is in the error', async () => {
	const { run, asked, left } = createRun();
	const unable = { novita: new Error('Node does not have any credentials set') };
	expect(await run([fal, novita, wavespeed], { fal: down('fal') }, { unable })).toEqual([
		'wavespeed',
		'fal',
		'novita',
	]);
	expect(asked).toEqual(['fal', 'wavespeed']);
	expect(left).toEqual(['fal', 'novita']);
	await expect(
		run([wavespeed, novita], { wavespeed: down('WaveSpeed') }, { unable }),
	).rejects.toMatchObject({
		message: 'WaveSpeed is down',
		details: {
			kind: 'unavailable',
			description: 'Other providers of this node:\n- Node does not have any credentials set',
		},
	});
});

it("an error that isn't a provider's failure ends it", async () => {
	const { run, asked } = createRun();
	const stop = new Error('stopped');
	await expect(run([fal, novita], { fal: stop })).rejects.toBe(stop);
	expect(asked).toEqual(['fal']);
});

it('with one provider, its error is unchanged', async () => {
	const { run } = createRun();
	const error = down('fal');
	await expect(run([fal], { fal: error })).rejects.toBe(error);
});

describe('falls back', () => {
	const kinds: Array<[ErrorKind, boolean]> = [
		['balance', true],
		['rateLimit', true],
		['timeout', true],
		['unavailable', true],
		['budget', false],
		['canceled', false],
		['input', false],
		['key', false],
		['lora', false],
		['moderation', false],
		['notFound', false],
		['other', false],
		['permission', false],
		['redirect', false],
	];

	it.each(kinds)('for %s: %s', (kind, expected) => {
		expect(mayFallBack(new Failure('x', { kind }), fal)).toBe(expected);
	});

	const kind = 'unavailable';
	it.each([
		['nothing was accepted', {}, true],
		['nobody knows', { isAmbiguous: true }, false],
		['the task is still running', { task: { status: 'pending' } }, false],
		["the task's status is unknown", { task: {} }, false],
		['the image was generated', { task: { status: 'succeeded' } }, false],
		['the task failed and may be charged', { task: { status: 'failed' } }, false],
		["the task failed and isn't charged", { task: { status: 'failed' }, charged: 'no' }, true],
		['the task failed and is charged', { task: { status: 'failed' }, charged: 'yes' }, false],
	] as const)('when %s', (_, details, expected) => {
		expect(mayFallBack(new Failure('x', { kind, ...details }), fal)).toBe(expected);
	});

	it.each([
		['its task failed', { task: { status: 'failed' } }, true],
		['its task is still running', { task: { status: 'pending' } }, false],
		['nobody knows', { isAmbiguous: true }, false],
	] as const)("from the user's own server when %s", (_, details, expected) => {
		expect(mayFallBack(new Failure('x', { kind, ...details }), comfyui)).toBe(expected);
	});
});
