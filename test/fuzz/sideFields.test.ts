import fc from 'fast-check';

import { aimlapi } from '../../nodes/ZImage/providers/aimlapi';
import { fal } from '../../nodes/ZImage/providers/fal';
import { highway } from '../../nodes/ZImage/providers/highway';
import { novita } from '../../nodes/ZImage/providers/novita';
import type { HttpAnswer, TaskState } from '../../nodes/ZImage/providers/provider';
import { answer } from '../support/fakeClient';
import { readFixture } from '../support/fixture';

interface Row {
	readonly id: string;
	readonly fixture: string;
	readonly parse: (given: HttpAnswer) => TaskState;
	/** The fields that an image needs. Everything else may have any value. */
	readonly needed: RegExp;
}

const v3 = /^(task|task\.status|images|images\.0|images\.0\.image_url)$/;

const rows: readonly Row[] = [
	{
		id: fal.id,
		fixture: 'resultTwoImages',
		parse: fal.tasks.parseResult,
		needed: /^(images|images\.0|images\.0\.url)$/,
	},
	{ id: novita.id, fixture: 'taskSucceed', parse: novita.tasks.parseStatus, needed: v3 },
	{ id: highway.id, fixture: 'taskSucceed', parse: highway.tasks.parseStatus, needed: v3 },
	{
		id: aimlapi.id,
		fixture: 'generationWithLora',
		parse: (given) => aimlapi.parseSubmit(given).state,
		needed: /^(data|data\.0|data\.0\.url)$/,
	},
];

/** The path of every field and entry of a body, such as `images.0.url`. */
function pathsIn(value: unknown, path = ''): string[] {
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value).flatMap(([key, inner]) => {
		const own = path === '' ? key : `${path}.${key}`;
		return [own, ...pathsIn(inner, own)];
	});
}

/** The same body with another value at a path. */
function withValue(value: unknown, [key, ...rest]: readonly string[], other: unknown): unknown {
	if (key === undefined) return other;
	const inner = (value as Record<string, unknown>)[key];
	const changed = withValue(inner, rest, other);
	return Array.isArray(value)
		? value.map((entry: unknown, index) => (String(index) === key ? changed : entry))
		: { ...(value as object), [key]: changed };
}

const firstUrl = (state: TaskState) =>
	state.status === 'succeeded' && state.images[0] && 'url' in state.images[0]
		? state.images[0].url
		: state;

describe.each(rows)('$id: a charged image arrives', ({ id, fixture, parse, needed }) => {
	const { body } = readFixture(id, fixture);
	const url = firstUrl(parse(answer(200, body)));
	const sideFields = pathsIn(body).filter((path) => !needed.test(path));

	it('whatever JSON is in a field beside it', () => {
		expect(url).toMatch(/^https:/);
		expect(sideFields.length).toBeGreaterThan(1);
		fc.assert(
			fc.property(fc.constantFrom(...sideFields), fc.jsonValue(), (path, other) => {
				expect(firstUrl(parse(answer(200, withValue(body, path.split('.'), other))))).toBe(url);
			}),
			{ numRuns: 2000 },
		);
	});

	it('with any undocumented field', () => {
		fc.assert(
			fc.property(fc.string(), fc.jsonValue(), (name, other) => {
				const given = { [name]: other, ...(body as object) };
				expect(firstUrl(parse(answer(200, given)))).toBe(url);
			}),
			{ numRuns: 500 },
		);
	});
});
