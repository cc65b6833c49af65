import type { IDataObject } from 'n8n-workflow';

import { Failure } from '../../nodes/ZImage/errors/failure';
import { readMaxConcurrency, readOutputOptions } from '../../nodes/ZImage/run/outputOptions';
import { readOptions, readProvider } from '../../nodes/ZImage/run/parameters';
import { novita } from '../../nodes/ZImage/providers/novita';
import { strictContext } from '../support/strictContext';

const contextWith = (value: unknown) => strictContext({ getNodeParameter: () => value }) as never;

it('readProvider finds the provider, or names the unknown one', () => {
	expect(readProvider(contextWith('novita'))).toBe(novita);
	expect(() => readProvider(contextWith('elsewhere'))).toThrow(
		new Failure('Provider "elsewhere" is not known'),
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
		expect(readOutputOptions(options)).toStrictEqual({ ...expected, downloadsWeights: false });
	});

	it.each([0, -1, 86_401])('refuses a timeout of %i seconds', (timeoutSeconds) => {
		expect(() => readOutputOptions({ timeoutSeconds })).toThrow(
			new Failure(`Timeout (Seconds) must be between 1 and 86400 (got ${timeoutSeconds})`),
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
