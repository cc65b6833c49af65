import { Failure } from '../nodes/ZImage/errors/failure';
import {
	isEmpty,
	numberIn,
	textIn,
	toBounded,
	toBoundedInteger,
	toChoice,
	toFlag,
	toList,
	toName,
	toNumber,
	toText,
} from '../nodes/ZImage/values';

describe('toNumber', () => {
	it.each<[unknown, number]>([
		[7, 7],
		[-0.5, -0.5],
		['7', 7],
		[' 7.5 ', 7.5],
		['7\n', 7],
		['\u200b7\ufeff', 7],
		['-1', -1],
		['+3', 3],
		['.5', 0.5],
		['5.', 5],
		['1e3', 1000],
		['2E-2', 0.02],
		['0,8', 0.8],
		['-0,25', -0.25],
		['12,5', 12.5],
		['1,024', 1024],
		['1,024,000', 1_024_000],
		['1,024.5', 1024.5],
		['1.024,5', 1024.5],
		['1.024.000', 1_024_000],
		['1 024', 1024],
		['1\u202f024,5', 1024.5],
		['1’024', 1024],
		['0,125', 0.125],
		['0.125', 0.125],
		['1.024', 1.024],
		['1,2345', 1.2345],
	])('reads %j as %j', (value, expected) => {
		expect(toNumber(value, 'Seed')).toBe(expected);
	});

	it.each([-0, '-0', '-0.0', '-0,0'])('reads %p as zero without a sign', (value) => {
		expect(Object.is(toNumber(value, 'Seed'), 0)).toBe(true);
	});

	it.each<[unknown, string]>([
		['', '""'],
		[' ', '" "'],
		['7 px', '"7 px"'],
		['0x10', '"0x10"'],
		['1,02,4', '"1,02,4"'],
		['1.2.3', '"1.2.3"'],
		['1,', '"1,"'],
		['--1', '"--1"'],
		['Infinity', '"Infinity"'],
		['NaN', '"NaN"'],
		['9'.repeat(50), `"${'9'.repeat(50)}"`],
		[NaN, 'NaN'],
		[Infinity, 'Infinity'],
		[null, 'null'],
		[undefined, 'empty'],
		[true, 'true'],
		[[7], '[7]'],
		[{ value: 7 }, '{"value":7}'],
	])('refuses %j', (value, shown) => {
		const failure = new Failure(`Seed must be a number (got ${shown})`);
		expect(() => toNumber(value, 'Seed')).toThrow(failure);
		expect(numberIn(value)).toBeUndefined();
	});
});

describe('toBounded', () => {
	const bounds = { min: 1, max: 4, fallback: 2 };

	it.each([
		[undefined, 2],
		[null, 2],
		['', 2],
		[' \n', 2],
		[1, 1],
		['4', 4],
		[2.5, 2.5],
		['2,5', 2.5],
	])('reads %j as %j', (value, expected) => {
		expect(toBounded(value, 'Images', bounds)).toBe(expected);
	});

	it.each<[unknown, string]>([
		[0, 'Images must be between 1 and 4 (got 0)'],
		['5', 'Images must be between 1 and 4 (got 5)'],
		['many', 'Images must be a number (got "many")'],
		[NaN, 'Images must be a number (got NaN)'],
	])('refuses %j', (value, message) => {
		expect(() => toBounded(value, 'Images', bounds)).toThrow(new Failure(message));
	});

	it('accepts only whole numbers if told to', () => {
		expect(toBoundedInteger('3', 'Images', bounds)).toBe(3);
		expect(() => toBoundedInteger(2.5, 'Images', bounds)).toThrow(
			new Failure('Images must be a whole number (got 2.5)'),
		);
	});
});

describe('texts', () => {
	it.each<[unknown, string | undefined, string | undefined]>([
		['a', 'a', 'a'],
		[' a b \n', ' a b \n', 'a b'],
		['\ufeff\u200ba\u200f', '\ufeff\u200ba\u200f', 'a'],
		['a\0b', 'ab', 'ab'],
		// Half of an emoji, as in a truncated text.
		['boat \ud83d', 'boat ', 'boat'],
		['\udea2 boat', ' boat', 'boat'],
		['boat \ud83d\udea2', 'boat \ud83d\udea2', 'boat \ud83d\udea2'],
		// A family emoji is joined by invisible characters.
		['👨‍👩‍👧', '👨‍👩‍👧', '👨‍👩‍👧'],
		[' ', undefined, undefined],
		['', undefined, undefined],
		['\u200b', undefined, undefined],
		[null, undefined, undefined],
		[undefined, undefined, undefined],
		[0, '0', '0'],
		[12.5, '12.5', '12.5'],
		[false, 'false', 'false'],
	])('%j is the text %j and the name %j', (value, text, name) => {
		expect(toText(value, 'Prompt')).toBe(text);
		expect(toName(value, 'Prompt')).toBe(name);
		expect(isEmpty(value)).toBe(text === undefined);
	});

	it.each<[unknown, string]>([
		[{ a: 1 }, '{"a":1}'],
		[{}, '{}'],
		[[], '[]'],
		[['a'], '["a"]'],
		[NaN, 'NaN'],
		[Infinity, 'Infinity'],
	])('%j is not text', (value, shown) => {
		const failure = new Failure(`Prompt must be text (got ${shown})`);
		expect(() => toText(value, 'Prompt')).toThrow(failure);
		expect(() => toName(value, 'Prompt')).toThrow(failure);
	});

	it.each<[unknown, string | undefined]>([
		['a\n', 'a'],
		[7, '7'],
		['', undefined],
		[null, undefined],
		[{ a: 1 }, undefined],
		[['a'], undefined],
	])('the field of an item that holds %j says %j', (value, expected) => {
		expect(textIn(value)).toBe(expected);
	});

	it('an error shows the beginning of a long value', () => {
		const [message = ''] = [1].map(() => {
			try {
				return toNumber('a'.repeat(900_000), 'Seed').toString();
			} catch (error) {
				return (error as Failure).message;
			}
		});
		expect(message.length).toBeLessThan(300);
	});
});

describe('toChoice', () => {
	const read = (value: unknown) =>
		toChoice(value, 'Output Format', ['jpeg', 'png', 'webP'], { jpg: 'jpeg' });

	it.each([
		['png', 'png'],
		['PNG', 'png'],
		['jpeg\n', 'jpeg'],
		[' jpg ', 'jpeg'],
		['JPG', 'jpeg'],
		['webp', 'webP'],
		['\ufeffpng', 'png'],
	])('reads %j as %j', (value, expected) => {
		expect(read(value)).toBe(expected);
	});

	it.each<[unknown, string]>([
		['gif', '"gif"'],
		['', '""'],
		['constructor', '"constructor"'],
		[undefined, 'empty'],
		[null, 'null'],
		[1, '1'],
		[['png'], '["png"]'],
	])('refuses %j, and lists the choices', (value, shown) => {
		expect(() => read(value)).toThrow(
			new Failure(`Output Format must be one of: jpeg, png, webP (got ${shown})`),
		);
	});
});

describe('toFlag', () => {
	it.each<[unknown, boolean]>([
		...[true, 'true', 'TRUE', ' Yes', 'on', '1', 1].map(
			(value) => [value, true] as [unknown, boolean],
		),
		...[false, 'false', 'False\n', 'no', 'OFF', '0', 0].map(
			(value) => [value, false] as [unknown, boolean],
		),
	])('reads %j as %j', (value, expected) => {
		expect(toFlag(value, 'Mode')).toBe(expected);
	});

	it.each<[unknown, string]>([
		['maybe', '"maybe"'],
		['constructor', '"constructor"'],
		[2, '2'],
		[NaN, 'NaN'],
		[{}, '{}'],
		[[], '[]'],
		['', '""'],
		[null, 'null'],
		[undefined, 'empty'],
	])('refuses %j', (value, shown) => {
		expect(() => toFlag(value, 'Safe')).toThrow(
			new Failure(`Safe must be true or false (got ${shown})`),
		);
	});

	it.each([undefined, null, '', ' \n'])('%j means the default if there is one', (value) => {
		expect(toFlag(value, 'Safe', true)).toBe(true);
		expect(toFlag(value, 'Safe', false)).toBe(false);
	});
});

it.each<[unknown, unknown[] | undefined]>([
	[
		[1, 2],
		[1, 2],
	],
	['[1, 2]', [1, 2]],
	[' [{"path":"a/b"}]\n', [{ path: 'a/b' }]],
	[undefined, []],
	[null, []],
	['', []],
	[' ', []],
	['[]', []],
	['{"path":"a/b"}', undefined],
	['a, b', undefined],
	['[1', undefined],
	[{}, undefined],
	[7, undefined],
])('toList(%j) is %j', (value, expected) => {
	expect(toList(value)).toStrictEqual(expected);
});
