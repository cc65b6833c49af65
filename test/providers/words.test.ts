import type { Provider } from '../../nodes/ZImage/providers/provider';
import { providers } from '../../nodes/ZImage/providers/registry';

const long = 'x'.repeat(900_000);

/** Forms of errors and their messages. All providers read all of them. */
const rows: ReadonlyArray<readonly [unknown, string | undefined]> = [
	['Too slow', 'Too slow'],
	[' Too slow\n', 'Too slow'],
	[['Too slow', 'Too dear'], 'Too slow; Too dear'],
	[{ detail: 'Too slow' }, 'Too slow'],
	[{ detail: { msg: 'Too slow' } }, 'Too slow'],
	[{ detail: { msg: 'Too slow', type: 'slow' } }, 'Too slow (slow)'],
	[{ detail: ['Too slow'] }, 'Too slow'],
	[{ detail: [{ loc: ['body', 'prompt'], type: 'missing' }] }, 'prompt: (missing)'],
	[{ detail: [{ loc: 'prompt', msg: 'Too slow' }, null, 7] }, 'Too slow'],
	[
		{
			detail: [{ msg: 'No', type: 'content_policy_violation', categories: ['sexual', 7, 'gore'] }],
		},
		'No (content_policy_violation: sexual, gore)',
	],
	[{ error: 'Too slow' }, 'Too slow'],
	[{ error: { message: 'Too slow', type: 'slow' } }, 'Too slow (slow)'],
	[{ errors: [{ message: 'Too slow' }] }, 'Too slow'],
	[{ message: 'Too slow', reason: 'SLOW', code: 500 }, 'Too slow (SLOW)'],
	[{ message: '', reason: 'SLOW' }, '(SLOW)'],
	[{ message: null, error: 'Too slow' }, 'Too slow'],
	[{ message: { speed: 1 } }, '{"speed":1}'],
	[{ detail: [{ speed: 'low' }] }, '[{"speed":"low"}]'],
	[{ detail: long }, `${'x'.repeat(500)}…`],
	[{ message: { [long]: 1 } }, `{"${'x'.repeat(498)}…`],
	[{ detail: Array.from({ length: 500 }, () => 'No') }, Array(10).fill('No').join('; ')],
	[
		{ detail: Array(10).fill(long) },
		`${`${'x'.repeat(500)}…; x`.slice(0, 503)}${'x'.repeat(497)}…`,
	],
	[{ detail: [[[[[[['deep']]]]]]] }, '[[[[[[["deep"]]]]]]]'],
	[{}, undefined],
	[{ detail: {} }, undefined],
	[{ message: '  ' }, undefined],
	[{ images: [] }, undefined],
	[7, undefined],
	[undefined, undefined],
];

describe.each<Provider>([...providers])('$id', ({ errorText }) => {
	it.each(rows.map(([body, words]) => [JSON.stringify(body)?.slice(0, 60), body, words]))(
		'%s',
		(_, body, words) => {
			expect(errorText(body)).toBe(words);
		},
	);
});
