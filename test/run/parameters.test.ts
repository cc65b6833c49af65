import type { IDataObject } from 'n8n-workflow';

import { Failure } from '../../nodes/ZImage/errors/failure';
import { readMaxConcurrency, readOutputOptions } from '../../nodes/ZImage/run/outputOptions';
import {
	readOptions,
	readProvider,
	toBounded,
	toBoundedInteger,
	toChoice,
	toNumber,
	toText,
} from '../../nodes/ZImage/run/parameters';
import { novita } from '../../nodes/ZImage/providers/novita';
import { strictContext } from '../support/strictContext';

const contextWith = (value: unknown) => strictContext({ getNodeParameter: () => value }) as never;

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

it('readProvider finds the provider or says which it does not know', () => {
	expect(readProvider(contextWith('novita'))).toBe(novita);
	expect(() => readProvider(contextWith('replicate'))).toThrow(
		new Failure('Provider "replicate" is not known'),
	);
});

it.each([
	[{ seed: 1 }, { seed: 1 }],
	[undefined, {}],
	[null, {}],
	['', {}],
	[[1], {}],
])('readOptions reads %j as %j', (value, expected) => {
	expect(readOptions(contextWith(value), 0)).toStrictEqual(expected);
});

describe('readOutputOptions', () => {
	it.each<[IDataObject, object]>([
		[{}, { binaryPropertyName: 'data', fileName: undefined, timeoutSeconds: 300 }],
		[
			{ binaryPropertyName: 'image', fileName: 'a', timeoutSeconds: '60' },
			{ binaryPropertyName: 'image', fileName: 'a', timeoutSeconds: 60 },
		],
		[
			{ binaryPropertyName: '', fileName: '', timeoutSeconds: '' },
			{ binaryPropertyName: 'data', fileName: undefined, timeoutSeconds: 300 },
		],
	])('reads %j', (options, expected) => {
		expect(readOutputOptions(options)).toStrictEqual(expected);
	});

	it.each([0, -1, 86_401])('refuses a timeout of %i seconds', (timeoutSeconds) => {
		expect(() => readOutputOptions({ timeoutSeconds })).toThrow(
			new Failure(`Timeout (Seconds) is ${timeoutSeconds}, but it goes from 1 to 86400`),
		);
	});
});

it.each([
	[undefined, 10],
	[1, 1],
	['100', 100],
])('readMaxConcurrency reads %j as %i', (maxConcurrency, expected) => {
	expect(readMaxConcurrency({ maxConcurrency })).toBe(expected);
});

it.each([0, 101, 1.5])('readMaxConcurrency refuses %d', (maxConcurrency) => {
	expect(() => readMaxConcurrency({ maxConcurrency })).toThrow(Failure);
});
