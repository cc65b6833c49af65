import type { IBinaryData, INodeExecutionData } from 'n8n-workflow';

import { Failure } from '../../nodes/ZImage/errors/failure';
import { filesOf, namedFile } from '../../nodes/ZImage/run/itemFiles';

const photo: IBinaryData = { mimeType: 'image/png', data: 'filesystem-v2', id: 'filesystem-v2:1' };
const mask: IBinaryData = { mimeType: 'image/png', data: 'AAAA' };

describe('the files of an item', () => {
	it.each<[string, INodeExecutionData, object]>([
		['none', { json: {} }, {}],
		['next to its json', { json: {}, binary: { data: photo } }, { data: photo }],
		['in its json, in combined binary mode', { json: { _files: { photo } } }, { photo }],
		[
			'in both',
			{ json: { _files: { photo, data: mask } }, binary: { data: photo } },
			{ photo, data: photo },
		],
		[
			"and something that isn't a file",
			{ json: { _files: { a: 1, b: {}, c: { mimeType: 'x' } } } },
			{},
		],
		['and a field of that name with another value', { json: { _files: 'a' } }, {}],
	])('%s', (_, item, files) => {
		expect(filesOf(item)).toStrictEqual(files);
	});
});

describe('the file that a field names', () => {
	const files = { data: photo, mask };
	const named = (field: unknown) => namedFile(files, field, 'The field of the mask', 'mask');

	it.each<[unknown, string]>([
		['data', 'data'],
		[' data\n', 'data'],
		['other', 'other'],
		['', 'mask'],
		[undefined, 'mask'],
		[null, 'mask'],
		[7, '7'],
	])('%j is the name %j', (field, name) => {
		expect(named(field)).toStrictEqual({ files, name });
	});

	it.each([photo, mask, { ...photo, fileName: 'a.png' }])('may be the file itself: %j', (file) => {
		expect(named(file)).toStrictEqual({ files: { mask: file }, name: 'mask' });
	});

	it('may be a file in memory without its bytes, as an expression returns it', () => {
		const inMemory = { ...mask, fileName: 'mask.png' };
		const own = { data: photo, mask: inMemory };
		const described = { mimeType: mask.mimeType, fileName: 'mask.png' };
		expect(namedFile(own, described, 'The field of the mask', 'other')).toStrictEqual({
			files: own,
			name: 'mask',
		});
		// Either could be meant.
		const twice = { ...own, copy: inMemory };
		expect(() => namedFile(twice, described, 'The field of the mask', 'other')).toThrow(Failure);
	});

	it.each([{}, { mimeType: 'image/png' }, ['data'], [photo]])('is missing: %j', (field) => {
		expect(() => named(field)).toThrow(Failure);
	});
});
