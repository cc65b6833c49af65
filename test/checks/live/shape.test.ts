import { compare, shape } from '../../../checks/live/shape';

const documented = shape(
	['id', 'string', 'must'],
	['seed', 'number|null', 'may'],
	['usage?', 'object|null', 'tries'],
	['usage.credits?', 'number', 'tries'],
	['images', 'array', 'must'],
	['images[].url', 'string', 'must'],
	['images[].size?', 'number', 'no'],
	['logs?', 'array|null', 'no'],
);

const good = { id: 'a', seed: 1, images: [{ url: 'u', size: 1 }], logs: [{ any: 'thing' }] };

const cases: ReadonlyArray<readonly [name: string, body: unknown, texts: readonly string[]]> = [
	['as documented', good, []],
	['an optional field', { ...good, images: [{ url: 'u' }], logs: null }, []],
	['null where it is allowed', { ...good, seed: null }, []],
	[
		'a needed field missing',
		{ ...good, id: undefined },
		['! id is missing, and the nodes need it'],
	],
	['a read field missing', { ...good, seed: undefined }, ['· seed is missing']],
	[
		'a read field of another type',
		{ ...good, seed: '1' },
		['! seed is string, documented is number or null; the nodes read it'],
	],
	[
		'a field of another type that the nodes can do without',
		{ ...good, usage: { credits: '5' } },
		['· usage.credits is string, documented is number'],
	],
	[
		"a field of another type that the nodes don't read",
		{ ...good, images: [{ url: 'u', size: '1' }] },
		['· images[].size is string, documented is number'],
	],
	[
		'the same difference in each element of a list',
		{ ...good, images: [{ size: 1 }, { size: 1 }] },
		['! images[].url is missing, and the nodes need it'],
	],
	[
		'new fields, of which only the outermost is listed',
		{ ...good, extra: { a: 1 }, images: [{ url: 'u', hash: 'h' }] },
		['· new: images[].hash (string)', '· new: extra (object)'],
	],
	['a list instead of an object', [good], ['! the answer is array, no object']],
	[
		'text instead of a list',
		{ ...good, images: 'u' },
		['! images is string, documented is array; the nodes read it'],
	],
];

it.each(cases)('%s', (_name, body, texts) => {
	const told = compare(body, documented).map(({ breaks, text }) => `${breaks ? '!' : '·'} ${text}`);
	expect(told.sort()).toEqual([...texts].sort());
});
