import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSteering, steeringRows } from '../../sandbox/emulator/steering';
import { like } from './like';
import { FAIL_WAYS, FAULTS, STAGES, TOKENS } from '../../sandbox/emulator/steeringGrammar';

const README = readFileSync(path.join(__dirname, '../../sandbox/README.md'), 'utf8');
const tableRows = (README.split('<!-- tokens -->')[1] ?? '')
	.split('<!-- /tokens -->')[0]
	?.split('\n')
	.filter((line) => line.startsWith('| '))
	.slice(1)
	.map((line) => {
		const [, token = '', meaning = ''] = line.split(/(?<!\\)\|/);
		return { token: token.trim(), meaning: meaning.trim() };
	});

describe('the table in sandbox/README.md', () => {
	it('has every token that the parser knows, and no others', () => {
		expect(tableRows).toEqual(steeringRows());
	});

	const written = [...README.matchAll(/`(\[sandbox:[^\]]+\])`/g)].map(([, token = '']) => token);
	it.each(written)('%s is understood', (token) => {
		const steering = parseSteering(`a prompt ${token} that goes on`, 'fal');
		expect(steering.problems).toEqual([]);
		expect(steering).not.toEqual(parseSteering('a prompt', 'fal'));
	});

	it('shows an example of every token', () => {
		for (const { name } of TOKENS) expect(written.join()).toContain(`[sandbox:${name}`);
	});
});

describe('parseSteering', () => {
	it.each([
		['a cat', {}],
		['a cat [sandbox:seconds=1.5]', { seconds: 1.5 }],
		['[sandbox:polls=0] a cat', { polls: 0 }],
		['[sandbox:fail] a cat', { fail: { reason: 'The sandbox was asked to fail.' } }],
		['[sandbox:fail=out of paint = gone]', { fail: { reason: 'out of paint = gone' } }],
		[
			'[sandbox:fail-as=504]',
			{ failAs: '504', fail: { reason: 'The sandbox was asked to fail.' } },
		],
		['[sandbox:fail=why][sandbox:fail-as=422]', { failAs: '422', fail: { reason: 'why' } }],
		['[sandbox:moderate] [sandbox:nsfw]', { moderate: { categories: [] }, nsfw: true }],
		['[sandbox:moderate=sexual, hate]', { moderate: { categories: ['sexual', 'hate'] } }],
		['[sandbox:uncancelable]', { isUncancelable: true }],
	])('%s', (prompt, expected) => {
		expect(parseSteering(prompt, 'fal')).toMatchObject({ problems: [], ...expected });
	});

	it.each([
		['submit=429', 'submit', { name: 'status-code', status: 429, times: Infinity }],
		['submit=503*2', 'submit', { name: 'status-code', status: 503, times: 2 }],
		[
			'status=429;retry-after=7*1',
			'status',
			{ status: 429, times: 1, retryAfter: { seconds: 7, asDate: false } },
		],
		[
			'status=429;retry-after-date',
			'status',
			{ status: 429, retryAfter: { seconds: 2, asDate: true } },
		],
		[
			'download=oversized=1000;no-length',
			'download',
			{ name: 'oversized', value: '1000', withoutLength: true },
		],
		[
			'download=wrong-type=text/plain*3',
			'download',
			{ name: 'wrong-type', value: 'text/plain', times: 3 },
		],
	] as const)('[sandbox:%s]', (token, stage, expected) => {
		expect(parseSteering(`x [sandbox:${token}]`, 'fal').faults[stage]).toEqual([
			like.object(expected),
		]);
	});

	it('knows every fault, only at its stages', () => {
		for (const { name, stages } of FAULTS) {
			const value = name === 'oversized' ? '=10' : '';
			for (const stage of STAGES) {
				const { problems } = parseSteering(`[sandbox:${stage}=${name}${value}]`, 'fal');
				expect(problems).toHaveLength((stages as readonly string[]).includes(stage) ? 0 : 1);
			}
		}
	});

	it('knows every kind of failure', () => {
		for (const { way } of FAIL_WAYS)
			expect(parseSteering(`[sandbox:fail-as=${way}]`, 'fal').failAs).toBe(way);
	});

	it.each([
		'[sandbox:]',
		'[sandbox:sekonds=1]',
		'[sandbox:seconds]',
		'[sandbox:seconds=fast]',
		'[sandbox:fail-as=magic]',
		'[sandbox:moderate=rude]',
		'[sandbox:moderate=sexual,]',
		'[sandbox:submit]',
		'[sandbox:submit=truncated]',
		'[sandbox:status=999]',
		'[sandbox:status=429;retry-later=3]',
		'[sandbox:download=oversized]',
	])("doesn't know %s", (token) => {
		expect(parseSteering(`a ${token} b`, 'fal').problems).toEqual([token]);
	});
});

describe('a token for one provider', () => {
	it('is ignored by the others', () => {
		const prompt = 'a [sandbox:novita/submit=503*2] boat [sandbox:fal/never]';
		expect(parseSteering(prompt, 'fal')).toEqual(parseSteering('[sandbox:never]', 'fal'));
		expect(parseSteering(prompt, 'novita')).toEqual(
			parseSteering('[sandbox:submit=503*2]', 'novita'),
		);
		expect(parseSteering(prompt, 'comfyui')).toEqual(parseSteering('a boat', 'comfyui'));
	});

	it.each(['[sandbox:nobody/never]', '[sandbox:fal/nothing]', '[sandbox:novita/nothing]'])(
		'%s is an error for all of them',
		(token) => {
			expect(parseSteering(token, 'fal').problems).toEqual([token]);
		},
	);
});
