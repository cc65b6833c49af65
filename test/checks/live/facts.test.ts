import { gatherFacts } from '../../../checks/live/facts';
import type { Call } from '../../../checks/live/judge';
import type { Plan } from '../../../checks/live/plan';
import { makePlans } from '../../../checks/live/plan';
import { readCommandLine } from '../../../checks/live/commandLine';

function planOf(id: string): Plan {
	const name = `Z_IMAGE_${id.toUpperCase()}_KEY`;
	const { plans } = makePlans(readCommandLine(['--provider', id]), { [name]: 'a-key' });
	const [plan] = plans;
	if (!plan) throw new Error('No plan');
	return plan;
}

function call(kind: Call['kind'], json: unknown, other: Partial<Call['exchange']> = {}): Call {
	const exchange = {
		method: kind === 'submit' ? 'POST' : 'GET',
		host: 'host',
		path: '/',
		startedAtMs: 0,
		endedAtMs: 0,
		statusCode: 200,
		headers: {},
		json,
		bytes: 0,
		isWhole: true,
		...other,
	};
	return { kind, exchange };
}

const done = { json: { url: 'https://host/image.png', estimatedCostUsd: null } };
const price = (unit_price: number, unit = 'megapixels') =>
	call('credential test', { prices: [{ unit_price, unit }] });
const balance = (availableBalance: string) => call('credential test', { availableBalance });
const image = { mimeType: 'image/png', extension: 'png', bytes: 5 } as const;

it.each([
	[
		'fal reports another price',
		'fal',
		done,
		[price(0.006)],
		/^! a megapixel costs 0.006 USD; .+ 0.005/,
	],
	['another seed', 'fal', done, [call('result', { seed: 7 })], /^· the seed is told as 7/],
	[
		'another status URL',
		'fal',
		done,
		[
			call('submit', { status_url: 'https://host/fal-ai/z-image/turbo/requests/a/status' }),
			call('status', {}, { path: '/fal-ai/z-image/requests/a/status' }),
		],
		/^· the status is at \/fal-ai\/z-image\/turbo\/requests\/a\/status/,
	],
	[
		'another size and type',
		'fal',
		{ ...done, image: { ...image, mimeType: 'image/jpeg', width: 500, height: 512 } as const },
		[],
		/^· the image is 500x512, .+\n· the image is image\/jpeg, the documented default is image\/png$/,
	],
	[
		'a link that expires sooner than stated',
		'novita',
		{ json: { ...done.json, url: 'https://host/image.png?X-Amz-Expires=600' } },
		[call('status', { extra: { seed: '42' }, images: [{ image_url_ttl: 3600 }] })],
		/^· the link lives 600 seconds, told are 3600$/,
	],
])('reports %s', (_name, id, generated, calls, says) => {
	const { differences } = gatherFacts(planOf(id), generated, calls);
	const texts = differences.map(({ breaks, text }) => `${breaks ? '!' : '·'} ${text}`);
	expect(texts.join('\n')).toMatch(says);
});

it('reports nothing if everything is as expected', () => {
	const calls = [
		price(0.005),
		call('submit', { status_url: 'https://host/fal-ai/z-image/requests/a/status' }),
		call('status', {}, { path: '/fal-ai/z-image/requests/a/status' }),
		call('result', { seed: 42 }),
		call('download', undefined, { headers: { 'content-type': 'image/png' } }),
	];
	const generated = { ...done, image: { ...image, width: 512, height: 512 } };
	expect(gatherFacts(planOf('fal'), generated, calls)).toMatchObject({ differences: [] });
});

it('reports the drop of the balance', () => {
	const calls = [balance('100000'), balance('99950')];
	const { costUsd, lines } = gatherFacts(planOf('novita'), done, calls);

	expect(costUsd).toBeCloseTo(0.005);
	expect(lines.join('\n')).toContain('the balance fell by 0.005 USD');
});

it("doesn't compare a price in another unit", () => {
	const { differences } = gatherFacts(planOf('fal'), {}, [price(0.01, 'images')]);
	expect(differences).toEqual([]);
});
