import { Failure } from '../nodes/ZImage/errors/failure';
import { toBounded, toBoundedInteger, toChoice, toNumber, toText } from '../nodes/ZImage/values';

describe('toNumber', () => {
	it.each([
		[7, 7],
		[-0.5, -0.5],
		['7', 7],
		[' 7.5 ', 7.5],
		['-1', -1],
		['1e3', 1000],
	])('reads %j as %j', (value, expected) => {
		expect(toNumber(value, 'Seed')).toBe(expected);
	});

	it.each<[unknown, string]>([
		['', 'Seed is "", which is not a number'],
		[' ', 'Seed is " ", which is not a number'],
		['7 px', 'Seed is "7 px", which is not a number'],
		['Infinity', 'Seed is "Infinity", which is not a number'],
		[NaN, 'Seed is null, which is not a number'],
		[null, 'Seed is null, which is not a number'],
		[undefined, 'Seed is empty, which is not a number'],
		[true, 'Seed is true, which is not a number'],
		[[7], 'Seed is [7], which is not a number'],
	])('refuses %j', (value, message) => {
		expect(() => toNumber(value, 'Seed')).toThrow(new Failure(message));
	});
});

describe('toBounded', () => {
	const bounds = { min: 1, max: 4, fallback: 2 };

	it.each([
		[undefined, 2],
		[null, 2],
		['', 2],
		[1, 1],
		['4', 4],
		[2.5, 2.5],
	])('reads %j as %j', (value, expected) => {
		expect(toBounded(value, 'Images', bounds)).toBe(expected);
	});

	it.each<[unknown, string]>([
		[0, 'Images is 0, but it goes from 1 to 4'],
		['5', 'Images is 5, but it goes from 1 to 4'],
		['many', 'Images is "many", which is not a number'],
	])('refuses %j', (value, message) => {
		expect(() => toBounded(value, 'Images', bounds)).toThrow(new Failure(message));
	});

	it('takes whole numbers only where it says so', () => {
		expect(toBoundedInteger('3', 'Images', bounds)).toBe(3);
		expect(() => toBoundedInteger(2.5, 'Images', bounds)).toThrow(
			new Failure('Images is 2.5, but it is a whole number'),
		);
	});
});

it.each([
	['a', 'a'],
	[' ', ' '],
	['', undefined],
	[null, undefined],
	[undefined, undefined],
	[0, '0'],
	[false, 'false'],
	[{ a: 1 }, '{"a":1}'],
])('toText(%j) is %j', (value, expected) => {
	expect(toText(value)).toBe(expected);
});

it('toChoice takes one of its values, and names them when it does not', () => {
	const modes = ['wait', 'submit'] as const;
	expect(toChoice('submit', 'Mode', modes)).toBe('submit');
	expect(() => toChoice('Submit', 'Mode', modes)).toThrow(
		new Failure('Mode is "Submit", but it is one of: wait, submit'),
	);
	expect(() => toChoice(undefined, 'Mode', modes)).toThrow(
		new Failure('Mode is empty, but it is one of: wait, submit'),
	);
});
