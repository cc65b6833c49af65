import fc from 'fast-check';

import { Failure } from '../../nodes/ZImage/errors/failure';
import { entryName, mergeLoras, readLora, readLoras } from '../../nodes/ZImage/lora/loras';
import type { Lora, LoraLimits } from '../../nodes/ZImage/providers/provider';
import { anyLoraLimits as limits } from '../../nodes/ZImage/providers/registry';

const lora = (path: string, scale = 1, trigger = ''): Lora => ({
	path,
	scale,
	...(trigger !== '' && { trigger }),
});

describe('readLora', () => {
	it.each<[unknown, Lora]>([
		[{ path: 'owner/name' }, lora('owner/name', 1)],
		[{ path: ' owner/name\n', scale: 0.8 }, lora('owner/name', 0.8)],
		[{ path: 'owner/name', scale: null }, lora('owner/name', 1)],
		[{ path: 'owner/name', scale: '' }, lora('owner/name', 1)],
		[{ path: 'owner/name', scale: '0.8' }, lora('owner/name', 0.8)],
		[{ path: 'owner/name', scale: '0,8' }, lora('owner/name', 0.8)],
		[{ path: 'owner/name', scale: ' \n' }, lora('owner/name', 1)],
		[{ path: 'owner/name', scale: 0 }, lora('owner/name', 0)],
		[{ path: 'owner/name', scale: -0 }, lora('owner/name', 0)],
		[{ path: 'owner/name', scale: '-0' }, lora('owner/name', 0)],
		[{ path: 'a/b', trigger: 'x'.repeat(1000) }, lora('a/b', 1, 'x'.repeat(1000))],
		[{ path: 'owner/name', scale: 4 }, lora('owner/name', 4)],
		[
			{ path: 'https://huggingface.co/a/b/resolve/main/c.safetensors', scale: 1, trigger: 'x' },
			lora('https://huggingface.co/a/b/resolve/main/c.safetensors', 1, 'x'),
		],
	])('reads %j', (value, expected) => {
		expect(readLora(value, 'LoRA', limits)).toStrictEqual(expected);
	});

	it.each<[unknown, string]>([
		[
			{ path: 'a/b', trigger: 'x'.repeat(1001) },
			'The trigger words of L must have at most 1000 characters (got 1001)',
		],
		[
			{ path: `a/b#trigger=${'x'.repeat(1001)}` },
			'The trigger words of L must have at most 1000 characters (got 1001)',
		],
		[{ path: 'a'.repeat(8193) }, 'The path of L must have at most 8192 characters (got 8193)'],
		[{ path: 'a/b', scale: 4.01 }, 'The scale of L must be between 0 and 4 (got 4.01)'],
		[{ path: 'a/b', scale: -0.1 }, 'The scale of L must be between 0 and 4 (got -0.1)'],
		[{ path: 'a/b', scale: 'much' }, 'The scale of L must be between 0 and 4 (got "much")'],
		[{ path: 'a/b', scale: true }, 'The scale of L must be between 0 and 4 (got true)'],
		[{ path: 'a/b', scale: [1] }, 'The scale of L must be between 0 and 4 (got [1])'],
		[{ path: 'a/b', scale: NaN }, 'The scale of L must be between 0 and 4 (got NaN)'],
		[{ path: '  ' }, 'L must have a path (got {"path":"  "})'],
		[{ path: 7 }, 'L must have a path (got {"path":7})'],
		[{ scale: 1 }, 'L must have a path (got {"scale":1})'],
		['owner/name', 'L must have a path (got "owner/name")'],
		[['owner/name'], 'L must have a path (got ["owner/name"])'],
		[null, 'L must have a path (got null)'],
	])('refuses %j', (value, message) => {
		expect(() => readLora(value, 'L', limits)).toThrow(new Failure(message));
	});
});

describe('readLora of a resource locator', () => {
	const locator = (mode: string, value: unknown) => ({ __rl: true, mode, value });
	const file = 'https://huggingface.co/owner/name/resolve/main/a.safetensors';

	it.each<[unknown, Lora]>([
		[{ path: locator('list', 'owner/name#trigger=x'), scale: 0.8 }, lora('owner/name', 0.8, 'x')],
		[{ path: locator('list', 'owner/name/a.safetensors') }, lora(file)],
		[{ path: locator('id', 'owner/name') }, lora('owner/name')],
		[{ path: locator('url', file) }, lora(file)],
		[{ path: 'owner/name/a.safetensors#trigger=x' }, lora(file, 1, 'x')],
	])('reads %j', (value, expected) => {
		expect(readLora(value, 'LoRA', limits)).toStrictEqual(expected);
	});

	it.each<[unknown, string]>([
		[
			{ path: locator('list', '') },
			'L must have a path (got {"path":{"__rl":true,"mode":"list","value":""}})',
		],
		[
			{ path: locator('id', 'name') },
			'The path of L must be owner/name or owner/name/file for By ID (got "name")',
		],
	])('refuses %j', (value, message) => {
		expect(() => readLora(value, 'L', limits)).toThrow(new Failure(message));
	});
});

describe('readLora if files are loaded by their link', () => {
	const fileLimits: LoraLimits = { ...limits, paths: 'fileUrl' };
	const locator = (mode: string, value: unknown) => ({ __rl: true, mode, value });
	const link = 'https://huggingface.co/owner/name/resolve/main/a.safetensors';

	it.each<[unknown, Lora]>([
		[{ path: link }, lora(link)],
		[{ path: 'owner/name/a.safetensors', scale: 0.5 }, lora(link, 0.5)],
		[{ path: 'https://huggingface.co/owner/name/blob/main/a.safetensors' }, lora(link)],
		[{ path: 'owner/name', file: ' a.safetensors ', trigger: 'x' }, lora(link, 1, 'x')],
		[{ path: 'https://huggingface.co/owner/name', file: 'a.safetensors' }, lora(link)],
		[{ path: locator('list', 'owner/name#trigger=x&file=a.safetensors') }, lora(link, 1, 'x')],
		[{ path: locator('list', 'owner/name#file=b.safetensors'), file: 'a.safetensors' }, lora(link)],
		[{ path: 'https://files.example/a.zip' }, lora('https://files.example/a.zip')],
	])('reads %j', (value, expected) => {
		expect(readLora(value, 'L', fileLimits)).toStrictEqual(expected);
	});

	it.each<[unknown, string]>([
		[{ path: 'owner/name' }, 'owner/name'],
		[{ path: 'owner/name', file: null }, 'owner/name'],
		[{ path: 'owner/name', file: 'model.ckpt' }, 'owner/name'],
		[{ path: locator('list', 'owner/name#trigger=x') }, 'owner/name'],
		[{ path: 'https://huggingface.co/owner/name/tree/main' }, 'owner/name'],
		[{ path: 'style' }, 'style'],
	])('refuses %j', (value, path) => {
		expect(() => readLora(value, 'L', fileLimits)).toThrow(
			new Failure(`The path of L must be a link to a file on this provider (got "${path}")`),
		);
	});

	it('one file counts once in whatever form it is given', () => {
		const forms = [
			{ path: 'owner/name', file: 'a.safetensors', scale: 0.5 },
			{ path: 'owner/name/a.safetensors', scale: 0.6 },
		];
		const loras = readLoras(forms, 'loras', fileLimits);
		expect(mergeLoras([loras], 'Replicate takes', fileLimits)).toStrictEqual([lora(link, 0.6)]);
	});
});

describe('the file of a LoRA', () => {
	it.each<[unknown, string | undefined]>([
		[{ path: 'a/b', file: 'c.safetensors' }, 'c.safetensors'],
		[{ path: 'a/b#file=c.safetensors' }, 'c.safetensors'],
		[{ path: 'a/b#file=c.safetensors', file: 'd.safetensors' }, 'd.safetensors'],
		[{ path: 'a/b', file: '' }, undefined],
		[{ path: 'a/b', file: {} }, undefined],
		[{ path: 'a/b' }, undefined],
	])("of %j is added to a path that doesn't change", (value, file) => {
		expect(readLora(value, 'L', limits)).toStrictEqual({
			...lora('a/b'),
			...(file !== undefined && { file }),
		});
	});
});

describe('the trigger words of a LoRA', () => {
	it.each<[unknown, string]>([
		[{ path: 'a/b' }, ''],
		[{ path: 'a/b', trigger: ' x ' }, 'x'],
		[{ path: 'a/b', trigger: 7 }, '7'],
		[{ path: 'a/b', trigger: { text: 'x' } }, ''],
		[{ path: 'a/b#trigger=y' }, 'y'],
		[{ path: 'a/b#trigger=y', trigger: '' }, 'y'],
		[{ path: 'a/b#trigger=y', trigger: 'x' }, 'x'],
		[{ path: { mode: 'list', value: 'a/b#trigger=Pixel%20art%20style.' } }, 'Pixel art style.'],
	])('reads the trigger words of %j', (value, trigger) => {
		expect(readLora(value, 'L', limits)).toStrictEqual(lora('a/b', 1, trigger));
	});

	it('reads a list of them, or says which one is invalid', () => {
		expect(readLoras(undefined, 'LoRAs', limits)).toEqual([]);
		expect(readLoras([{ path: 'a/b#trigger=y' }, { path: 'c/d' }], 'LoRAs', limits)).toStrictEqual([
			lora('a/b', 1, 'y'),
			lora('c/d'),
		]);
		expect(() => readLoras([{ path: 'a/b' }, {}], 'LoRAs', limits)).toThrow(
			new Failure('LoRA 2 must have a path (got {})'),
		);
	});
});

describe('readLoras', () => {
	it.each<[unknown, Lora[]]>([
		[undefined, []],
		[null, []],
		[[], []],
		['', []],
		['[{ "path": "a/b" }]\n', [lora('a/b')]],
		[
			[{ path: 'a/b' }, { path: 'c/d', scale: '2' }],
			[lora('a/b'), lora('c/d', 2)],
		],
	])('reads %j', (value, expected) => {
		expect(readLoras(value, 'loras', limits)).toStrictEqual(expected);
	});

	it.each<[unknown, string]>([
		['a/b', 'loras must be a list of LoRAs (got "a/b")'],
		[{ path: 'a/b' }, 'loras must be a list of LoRAs (got {"path":"a/b"})'],
		[[{ path: 'a/b' }, 'c/d'], 'lora 2 must have a path (got "c/d")'],
		[[{ path: 'a/b', scale: 9 }], 'The scale of lora 1 must be between 0 and 4 (got 9)'],
	])('refuses %j', (value, message) => {
		expect(() => readLoras(value, 'loras', limits)).toThrow(new Failure(message));
	});
});

describe('mergeLoras', () => {
	it.each<[Lora[][], Lora[]]>([
		[[], []],
		[[[], []], []],
		[
			[[lora('a', 1)], [lora('b', 2)]],
			[lora('a', 1), lora('b', 2)],
		],
		[
			[[lora('a', 1), lora('b', 1)], [lora('a', 2)]],
			[lora('a', 2), lora('b', 1)],
		],
		[[[lora('a', 1), lora('a', 0)]], [lora('a', 0)]],
		[
			[[lora('a'), lora('b')], [lora('c')]],
			[lora('a'), lora('b'), lora('c')],
		],
		[
			[[lora('a'), lora('b'), lora('c')], [lora('c', 3)]],
			[lora('a'), lora('b'), lora('c', 3)],
		],
		[[[lora('owner/A'), lora('owner/a')]], [lora('owner/A'), lora('owner/a')]],
		[[[lora('a', 1, 'x')], [lora('a', 2)]], [lora('a', 2, 'x')]],
		[[[lora('a', 1, 'x')], [lora('a', 2, 'y')]], [lora('a', 2, 'y')]],
	])('merges %j', (lists, expected) => {
		expect(mergeLoras(lists, 'fal', limits)).toStrictEqual(expected);
	});

	it('recognizes a file in whatever form it is given', () => {
		const forms = [
			{ path: 'a/b/c.safetensors', scale: 0.5 },
			{ path: 'https://huggingface.co/a/b/blob/main/c.safetensors', scale: 0.6 },
			{ path: 'https://huggingface.co/a/b/resolve/main/c.safetensors', scale: 0.7 },
			{ path: { __rl: true, mode: 'list', value: 'a/b/c.safetensors#trigger=x' }, scale: 0.8 },
		];
		expect(mergeLoras([readLoras(forms, 'loras', limits)], 'fal', limits)).toEqual([
			lora('https://huggingface.co/a/b/resolve/main/c.safetensors', 0.8, 'x'),
		]);
	});

	it('names all of them if none is supported', () => {
		const none = { ...limits, max: 0 };
		expect(mergeLoras([[], []], 'fal', none)).toEqual([]);
		expect(() => mergeLoras([[lora('a')], [lora('b')]], 'fal', none, ' for Inpaint')).toThrow(
			new Failure("fal doesn't accept LoRAs for Inpaint. Remove: a, b"),
		);
	});

	it('names those above the limit', () => {
		const five = ['a', 'b', 'c', 'd', 'e'].map((path) => lora(path));
		expect(() => mergeLoras([five.slice(0, 2), five.slice(2)], 'fal', limits)).toThrow(
			new Failure('fal accepts at most 3 LoRAs (got 5). Remove: d, e'),
		);
	});

	const loras = fc
		.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.integer({ min: 0, max: 4 }))
		.map(([path, scale]) => lora(path, scale));
	const lists = fc.array(fc.array(loras, { maxLength: 4 }), { maxLength: 3 });
	const merge = (value: Lora[][]) => {
		try {
			return mergeLoras(value, 'fal', limits);
		} catch (error) {
			return error;
		}
	};

	it('refuses more than 3 paths, and never returns more', () => {
		fc.assert(
			fc.property(lists, (value) => {
				const paths = new Set(value.flat().map(({ path }) => path));
				const merged = merge(value);
				if (paths.size > 3) expect(merged).toBeInstanceOf(Failure);
				else expect(merged).toHaveLength(paths.size);
			}),
		);
	});

	it('keeps the order of first mention and the last scale', () => {
		fc.assert(
			fc.property(lists, (value) => {
				const flat = value.flat();
				const paths = flat
					.map(({ path }) => path)
					.filter((path, i, all) => all.indexOf(path) === i);
				fc.pre(paths.length <= 3);
				const expected = paths.map((path) => flat.findLast((entry) => entry.path === path));
				expect(merge(value)).toStrictEqual(expected);
			}),
		);
	});

	it('changes nothing the second time', () => {
		fc.assert(
			fc.property(lists, (value) => {
				const merged = merge(value);
				fc.pre(!(merged instanceof Failure));
				expect(merge([merged as Lora[], merged as Lora[]])).toStrictEqual(merged);
			}),
		);
	});
});

it.each([
	['LoRAs', 0, 'LoRA 1'],
	['Own Presets', 2, 'Own Preset 3'],
	['The field "loras" of the input item', 1, 'LoRA 2 in the field "loras" of the input item'],
])('an entry of %s is named by its number, from 1', (listName, index, name) => {
	expect(entryName(listName, index)).toBe(name);
});
