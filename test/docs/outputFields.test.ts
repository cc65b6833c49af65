import type { IDataObject } from 'n8n-workflow';

import { providers, taskProviders } from '../../nodes/ZImage/providers/registry';
import { useSandbox } from '../support/sandboxes';
import { codesIn, tableUnder } from './markdown';
import { Samples } from './samples';

const getSandbox = useSandbox();

const styled = {
	prompt: 'a lighthouse',
	loras: [{ path: 'a/b', scale: 0.8 }],
	loraPreset: 'mine',
};

function typeOf(value: unknown): string {
	return Array.isArray(value) ? 'array' : typeof value;
}

/** Fields that only a run with a fallback provider adds. */
const fallenBack = {
	provider: 'fal',
	prompt: 'a [sandbox:fal/no-money]',
	fallbackProviders: ['novita'],
};

/** Compares a table of fields with the items of real runs, in both directions. */
function expectFields(file: string, heading: string, items: readonly IDataObject[]): void {
	const rows = tableUnder(file, heading).rows.map(
		([field = '', type = '', what = '', nil = '']) => ({
			field: codesIn(field)[0] ?? field,
			type,
			mayBeLeftOut: what.includes('Omitted'),
			mayBeNull: nil !== 'never',
		}),
	);
	const seen = (field: string) => items.map((item) => item[field]);
	const names = [...new Set(items.flatMap((item) => Object.keys(item)))];
	expect(rows.map(({ field }) => field).sort()).toEqual(names.sort());
	const found = rows.map(({ field }) => ({
		field,
		types: [...new Set(seen(field).flatMap((value) => (value == null ? [] : [typeOf(value)])))],
		mayBeLeftOut: seen(field).includes(undefined),
		mayBeNull: seen(field).includes(null),
	}));
	expect(found).toEqual(
		rows.map(({ field, type, mayBeLeftOut, mayBeNull }) => ({
			field,
			types: [type],
			mayBeLeftOut,
			mayBeNull,
		})),
	);
}

async function imagesOf(at: Samples): Promise<IDataObject[]> {
	const options = { options: { seed: 7 } };
	const runs = providers.flatMap(({ id: provider }) => [
		at.generate({ provider }),
		at.generate({ provider, ...options }, [styled]),
	]);
	runs.push(at.generate(fallenBack));
	const task = await at.submitted({ provider: 'novita' });
	const typed = at.getTaskResult({ provider: 'novita', taskId: task.taskId }, {});
	return (await Promise.all([...runs, typed])).flatMap(({ json }) => json);
}

/** The fields that the error adds. */
function errorFields({ error, errorDescription, errorKind, charged }: IDataObject): IDataObject {
	const described = errorDescription !== undefined && { errorDescription };
	return { error, errorKind, charged, ...described };
}

it('an image has the fields on the page, with null where the page allows it', async () => {
	const at = new Samples(getSandbox());
	const lost = await at.generate({ provider: 'novita' }, [{ prompt: 'a [sandbox:download=404]' }], {
		onError: 'continueRegularOutput',
	});
	const { error, errorDescription, errorKind, charged, ...withoutFile } = lost.json[0] ?? {};
	expect([error, errorDescription]).toEqual([expect.any(String), expect.any(String)]);
	expect([errorKind, charged]).toEqual(['notFound', 'yes']);
	expectFields('docs/nodes/generate.md', 'Image', [...(await imagesOf(at)), withoutFile]);
});

it('a task has the fields on the page, with null where the page allows it', async () => {
	const at = new Samples(getSandbox());
	const options = { options: { seed: 7 } };
	const submitted = taskProviders.flatMap(({ id: provider }) => [
		at.generate({ provider, mode: 'submit' }),
		at.generate({ provider, mode: 'submit', ...options }, [styled]),
	]);
	submitted.push(at.generate({ mode: 'submit', ...fallenBack }));
	const { taskId } = await at.submitted({ provider: 'novita', prompt: 'a [sandbox:never]' });
	const pending = await at.getTaskResult({ provider: 'novita', taskId, mode: 'check' }, {});
	const items = (await Promise.all(submitted)).flatMap(({ json }) => json);
	const typed = pending.outputs[1]?.map(({ json }) => json) ?? [];
	expect(typed).toHaveLength(1);
	expectFields('docs/nodes/generate.md', 'Task', [...items, ...typed]);
});

it('an error adds the fields on the page', async () => {
	const at = new Samples(getSandbox());
	const bad = [
		{ prompt: 'a [sandbox:fail]' },
		{ prompt: 'a [sandbox:no-money]' },
		{ prompt: ' ' },
		{ prompt: 'a', images: 5 },
	];
	const numberOfImages = '={{ $json.images ?? 1 }}';
	const { json } = await at.generate({ numberOfImages }, bad, { onError: 'continueRegularOutput' });
	expect(json).toHaveLength(bad.length);
	expectFields('docs/nodes/generate.md', 'Error', json.map(errorFields));
	// A request that wasn't accepted has no task fields.
	expect(json.map(({ taskId }) => typeof taskId)).toEqual([
		'string',
		...Array<string>(3).fill('undefined'),
	]);
});

it('Apply LoRA Preset adds the fields on the page', async () => {
	const at = new Samples(getSandbox());
	const presets = { preset: [{ name: 'animeZ', scale: 0 }] };
	const { json } = await at.applyPreset({ presets }, [{ prompt: 'a' }]);
	expectFields('docs/nodes/apply-lora-preset.md', 'Output', json);
});
