import type { IDataObject } from 'n8n-workflow';

import type { ImagePlace } from '../../nodes/ZImage/tasks/taskItem';
import {
	imageJson,
	knownJson,
	readTask,
	taskIn,
	taskJson,
} from '../../nodes/ZImage/tasks/taskItem';
import type { ImageType } from '../../nodes/ZImage/images/imageType';
import type { ImageReference, Lora, SucceededTask } from '../../nodes/ZImage/providers/provider';
import { imageAt } from '../../nodes/ZImage/providers/shared/imageAt';
import type { Task } from '../../nodes/ZImage/tasks/task';

const now = Date.parse('2026-01-01T00:00:00Z');
const task: Task = {
	provider: 'novita',
	model: 'z-image-turbo-lora',
	taskId: '830d9c90',
	submittedAt: '2025-12-31T23:59:58.000Z',
	prompt: 'a lighthouse',
	seed: 7,
	loras: [{ path: 'owner/name', scale: 0.8 }],
	estimatedCostUsd: 0.0085,
};
const image: ImageReference = {
	url: 'https://a.example/b.png',
	width: 1,
	height: 2,
	nsfw: false,
	expiresInSeconds: 3600,
};
const type: ImageType = { mimeType: 'image/png', extension: 'png', width: 1024, height: 768 };
const result = (changes: Partial<SucceededTask> = {}): SucceededTask => ({
	status: 'succeeded',
	images: [image],
	seed: null,
	prompt: null,
	...changes,
});
const place: ImagePlace = { imageIndex: 1, imageCount: 3 };

/** The `json` of an image whose file is there. */
function jsonOf(
	ofTask: Task,
	told: SucceededTask,
	reference: ImageReference,
	at: ImagePlace,
	file: ImageType,
) {
	return imageJson(knownJson(ofTask, told, reference, at, now), file);
}

it('contains everything about an image', () => {
	const told = result({ seed: 158881667, prompt: 'A lighthouse at dusk' });
	expect(jsonOf(task, told, image, place, type)).toStrictEqual({
		provider: 'novita',
		model: 'z-image-turbo-lora',
		taskId: '830d9c90',
		status: 'succeeded',
		prompt: 'A lighthouse at dusk',
		seed: 158881667,
		imageIndex: 1,
		imageCount: 3,
		url: 'https://a.example/b.png',
		width: 1024,
		height: 768,
		contentType: 'image/png',
		nsfw: false,
		expiresAt: '2026-01-01T01:00:00.000Z',
		loras: [{ path: 'owner/name', scale: 0.8 }],
		estimatedCostUsd: 0.0085,
	});
});

it('contains null for everything unknown', () => {
	const unknownTask: Task = {
		provider: 'fal',
		model: null,
		taskId: 'a',
		submittedAt: null,
		prompt: null,
		seed: null,
		loras: null,
		estimatedCostUsd: null,
	};
	const untold = { ...image, width: null, height: null, nsfw: null, expiresInSeconds: null };
	const noSize: ImageType = { mimeType: 'image/jpeg', extension: 'jpg', width: null, height: null };
	const only = { imageIndex: 0, imageCount: 1 };
	expect(jsonOf(unknownTask, result(), untold, only, noSize)).toStrictEqual({
		provider: 'fal',
		model: null,
		taskId: 'a',
		status: 'succeeded',
		prompt: null,
		seed: null,
		imageIndex: 0,
		imageCount: 1,
		url: 'https://a.example/b.png',
		width: null,
		height: null,
		contentType: 'image/jpeg',
		nsfw: null,
		expiresAt: null,
		loras: null,
		estimatedCostUsd: null,
	});
});

it("falls back to the request, and to the provider's size", () => {
	const noSize: ImageType = { ...type, width: null, height: null };
	expect(jsonOf(task, result(), image, place, noSize)).toMatchObject({
		prompt: 'a lighthouse',
		seed: 7,
		width: 1,
		height: 2,
	});
});

it('keeps a seed of 0', () => {
	expect(jsonOf(task, result({ seed: 0 }), image, place, type)).toMatchObject({ seed: 0 });
});

describe('before the file is there', () => {
	it('all fields except the type are known', () => {
		expect(knownJson(task, result({ seed: 158881667 }), image, place, now)).toStrictEqual({
			provider: 'novita',
			model: 'z-image-turbo-lora',
			taskId: '830d9c90',
			status: 'succeeded',
			prompt: 'a lighthouse',
			seed: 158881667,
			imageIndex: 1,
			imageCount: 3,
			url: 'https://a.example/b.png',
			width: 1,
			height: 2,
			contentType: null,
			nsfw: false,
			expiresAt: '2026-01-01T01:00:00.000Z',
			loras: [{ path: 'owner/name', scale: 0.8 }],
			estimatedCostUsd: 0.0085,
		});
	});

	it('all fields of the final image exist', () => {
		const known = knownJson(task, result(), image, place, now);
		expect(Object.keys(imageJson(known, type))).toStrictEqual(Object.keys(known));
	});

	it.each([
		['https://a.example/b.png', 'https://a.example/b.png'],
		['data:image/png;base64,iVBORw0KGgo=', null],
	])('the URL of %s is %j', (url, expected) => {
		const { width, height, nsfw, expiresInSeconds } = image;
		const found = { ...imageAt(url), width, height, nsfw, expiresInSeconds };
		expect(knownJson(task, result(), found, place, now).url).toBe(expected);
	});

	it('of a LoRA, only path and scale are shown', () => {
		const lora = { path: 'owner/name', scale: 0.8, trigger: 'word' };
		const { loras } = knownJson({ ...task, loras: [lora] }, result(), image, place, now);
		expect(loras).toStrictEqual([{ path: 'owner/name', scale: 0.8 }]);
	});

	it.each([0, 60, 3600, 315_360_000_000, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])(
		"a lifetime of %d s doesn't lose the image",
		(expiresInSeconds) => {
			const told = { ...image, expiresInSeconds };
			expect(() => knownJson(task, result(), told, place, now)).not.toThrow();
		},
	);
});

it("doesn't change known values", () => {
	const known = Object.freeze(knownJson(task, result(), image, place, now));
	expect(imageJson(known, type)).toMatchObject({ width: 1024, height: 768 });
	expect(known).toMatchObject({ width: 1, height: 2, contentType: null });
});

it.each(['childrens-drawing + pixel-art', ''])('has the name of the styles %j', (loraPreset) => {
	const known = knownJson({ ...task, loraPreset }, result(), image, place, now);
	expect(known).toStrictEqual({ ...knownJson(task, result(), image, place, now), loraPreset });
	expect(imageJson(known, type)).toMatchObject({ loraPreset });
});

describe('the item of an unfinished task', () => {
	const task: Task = {
		provider: 'novita',
		model: 'z-image-turbo-lora',
		taskId: 'task-1',
		submittedAt: '2026-01-01T00:00:00.000Z',
		prompt: 'a lighthouse',
		seed: 7,
		loras: null,
		estimatedCostUsd: null,
	};
	/** As JSON. */
	const pending = { ...task, status: 'pending' };
	const lora: Lora = { path: 'owner/name', scale: 0.8 };
	const named = { ...lora, name: 'Childrens drawings' };

	it.each<[string, Task, IDataObject]>([
		['without a price or a preset', task, pending],
		[
			'with both',
			{ ...task, estimatedCostUsd: 0.005, loraPreset: 'Ghibli' },
			{ ...pending, estimatedCostUsd: 0.005, loraPreset: 'Ghibli' },
		],
	])('a task %s as JSON', (_, given, expected) => {
		expect(taskJson(given)).toStrictEqual(expected);
	});

	it.each<[string, Task['loras'], unknown]>([
		['that nobody knows', null, null],
		['that there are none of', [], []],
		['of a preset, without its name', [named, lora], [lora, lora]],
	])('a task as JSON has the LoRAs %s', (_, loras, expected) => {
		expect(taskJson({ ...task, loras })).toStrictEqual({ ...pending, loras: expected });
	});
});

describe('an item that a table stored between two nodes', () => {
	const item = taskJson({
		provider: 'fal',
		model: 'fal-ai/z-image/turbo/lora',
		taskId: 'task-1',
		submittedAt: '2026-01-01T00:00:00.000Z',
		prompt: 'a lighthouse',
		seed: 7,
		loras: [{ path: 'owner/name', scale: 0.8 }],
		estimatedCostUsd: 0.0089,
		loraPreset: 'Pencil',
	});
	/** What a sheet, a form or a text column makes of each field. */
	const asTexts = Object.fromEntries(
		Object.entries(item).map(([name, value]) => [
			name,
			typeof value === 'string' ? `${value}\n` : JSON.stringify(value),
		]),
	);
	const emptied = Object.fromEntries(Object.keys(item).map((name) => [name, '']));

	it.each([
		['as it was', item],
		['as texts', asTexts],
		['as JSON', JSON.parse(JSON.stringify(item)) as typeof item],
		['with a decimal comma', { ...asTexts, estimatedCostUsd: '0,0089' }],
	])('is the same task: %s', (_, kept) => {
		expect(taskJson(readTask('fal', 'task-1', kept))).toStrictEqual(item);
	});

	it('says nothing if its fields are empty', () => {
		expect(readTask('fal', 'task-1', emptied)).toStrictEqual({
			provider: 'fal',
			model: null,
			taskId: 'task-1',
			submittedAt: null,
			prompt: null,
			seed: null,
			loras: null,
			estimatedCostUsd: null,
		});
	});

	it('keeps LoRAs with missing parts, because they are charged', () => {
		const loras = [{ path: 'owner/name' }, { scale: 0.5 }];
		expect(readTask('fal', 'task-1', { loras }).loras).toStrictEqual([
			{ path: 'owner/name', scale: 1 },
			{ path: '', scale: 0.5 },
		]);
	});

	it.each([{ loras: 'none' }, { loras: 7 }, { loras: '{"path":"a/b"}' }])(
		'has no readable LoRAs in %j',
		(given) => {
			expect(readTask('fal', 'task-1', given).loras).toBeNull();
		},
	);
});

describe('the task of an item', () => {
	const failed = { taskId: 'task-1', status: 'failed' };

	it.each<[string, IDataObject, IDataObject]>([
		['is the item', failed, failed],
		['is in the details of an error', { error: 'It broke', details: failed }, failed],
		[
			'is the item, whatever else its details are about',
			{ taskId: 'task-2', details: { size: 7 } },
			{ taskId: 'task-2', details: { size: 7 } },
		],
		['is the item if the details are unrelated', { details: 'none' }, { details: 'none' }],
	])('%s', (_, json, expected) => {
		expect(taskIn(json)).toStrictEqual(expected);
	});
});
