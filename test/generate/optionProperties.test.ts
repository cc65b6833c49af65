import type { INodeParameters } from 'n8n-workflow';

import type { Model, Operation, Provider, ServerKind } from '../../nodes/ZImage/providers/provider';
import { operationNames, providers } from '../../nodes/ZImage/providers/registry';
import {
	documentedOptions,
	models,
	operations,
	optionNamesInOrder,
	optionValues,
} from '../support/request';
import {
	copiesOf,
	isDisplayed,
	isOptionDisplayed,
	optionCopiesOf,
	parametersOf,
} from '../support/nodeValues';

const combinations = providers.flatMap((provider: Provider) =>
	operations.flatMap((operation) =>
		models.map((model) => [provider.id, operation, model] as const),
	),
);

/** Whether Z-Image Base is documented for the operation, so that there is a choice of model. */
function hasBase(id: string, operation: Operation): boolean {
	return documentedOptions[`${id} ${operation} base`] !== undefined;
}

/** The same, for each kind of server of a provider that has several. */
const serverCombinations = providers.flatMap((provider: Provider) => {
	const servers = [...new Set(provider.endpoints.map(({ server }) => server))];
	return combinations
		.filter(([id]) => id === provider.id)
		.flatMap((combination) => servers.map((server) => [...combination, server] as const));
});

/** Base's options exist only if the model can be chosen. A leftover value doesn't count. */
function endpointName(id: string, operation: Operation, model: Model, server?: ServerKind): string {
	const isBase = model === 'base' && hasBase(id, operation);
	return [id, operation, isBase ? 'base' : 'turbo', server].filter(Boolean).join(' ');
}

/** A node's parameters, with Model where the node's version has it. */
function withModel(
	version: number,
	{ model, options, ...given }: INodeParameters,
): INodeParameters {
	return version === 1
		? { ...given, ...(options && { options }), model }
		: { ...given, options: { ...(options as INodeParameters), model } };
}

const versionsToTest = [1, 1.1];
const inVersions = serverCombinations.flatMap((combination) =>
	versionsToTest.map((version) => [version, ...combination] as const),
);

describe.each(inVersions)('version %s: %s, %s, %s, %s', (version, ...combination) => {
	const [provider, operation, model, server] = combination;
	const given: INodeParameters = withModel(version, {
		provider,
		operation,
		model,
		prompt: 'a',
		...(server && { server }),
	});
	const has = documentedOptions[endpointName(provider, operation, model, server)] ?? [];
	const inOptions = optionNamesInOrder.filter((name) => name !== 'preprocess');

	it('shows each option exactly once if the endpoint supports it, and its hidden twin always', () => {
		const values = parametersOf(given, version);
		const seen = inOptions.map((name) => {
			const displayed = optionCopiesOf(name).filter((copy) =>
				isOptionDisplayed(copy, values, version),
			);
			return [name, ...displayed.map(({ type }) => (type === 'hidden' ? 'hidden' : 'shown'))];
		});
		expect(seen).toStrictEqual(
			inOptions.map((name) => [name, ...(has.includes(name) ? ['shown'] : []), 'hidden']),
		);
	});

	it('keeps the values of all options, so that the run can report the ignored ones', () => {
		const { preprocess, ...options } = optionValues;
		const values = parametersOf(withModel(version, { ...given, model, options }), version);
		// In later versions, Model is an option. It stays if there is a choice.
		const kept = { ...(values.options as INodeParameters) };
		if (version > 1) delete kept.model;
		expect(kept).toStrictEqual(options);
		expect(preprocess).toBe('canny');
	});

	it('keeps a chosen preprocess if the endpoint supports it, and drops it elsewhere', () => {
		const values = parametersOf({ ...given, preprocess: 'depth' }, version);
		expect(values.preprocess).toBe(has.includes('preprocess') ? 'depth' : undefined);
	});
});

it.each<[option: string, provider: string, Operation, Model, max: number, value: number]>([
	['steps', 'fal', 'textToImage', 'base', 50, 28],
	['steps', 'fal', 'textToImage', 'turbo', 8, 8],
	['steps', 'fal', 'inpaint', 'turbo', 8, 8],
	['steps', 'aimlapi', 'textToImage', 'turbo', 8, 8],
	['steps', 'replicate', 'textToImage', 'turbo', 50, 8],
	['steps', 'replicate', 'imageToImage', 'turbo', 50, 8],
	['steps', 'replicate', 'textToImage', 'base', 50, 28],
	['guidanceScale', 'replicate', 'textToImage', 'turbo', 20, 0],
	['guidanceScale', 'replicate', 'textToImage', 'base', 20, 4],
	['controlScale', 'fal', 'controlNet', 'turbo', 1, 0.75],
	['controlScale', 'replicate', 'controlNet', 'turbo', 2, 0.75],
	['outputQuality', 'replicate', 'inpaint', 'turbo', 100, 80],
])('%s on %s for %s with %s ranges up to %i', (option, provider, operation, model, max, value) => {
	for (const version of versionsToTest) {
		const values = parametersOf(withModel(version, { provider, operation, model }), version);
		const shown = optionCopiesOf(option).filter(
			(copy) => copy.type !== 'hidden' && isOptionDisplayed(copy, values, version),
		);
		expect(shown.map(({ typeOptions, default: added }) => [typeOptions?.maxValue, added])).toEqual([
			[max, value],
		]);
	}
});

it.each([
	['fal', ['none', 'canny', 'depth', 'pose'], 'none'],
	['wavespeed', ['canny', 'depth', 'pose'], 'depth'],
])('Preprocess on %s is one of %j', (provider, values, value) => {
	const given = parametersOf({ provider, operation: 'controlNet' });
	const shown = copiesOf('preprocess').filter((copy) => isDisplayed(copy, given));
	expect(shown).toHaveLength(1);
	const offered = shown[0]?.options?.flatMap((option) => ('value' in option ? [option.value] : []));
	expect([offered, shown[0]?.default]).toStrictEqual([values, value]);
});

it.each(providers.map((provider: Provider) => [provider.id, provider] as const))(
	'%s offers exactly the operations that it supports',
	(provider, { endpoints }) => {
		const values = parametersOf({ provider });
		const [operationParameter] = copiesOf('operation');
		const offered = (operationParameter?.options ?? []).flatMap((option) =>
			'value' in option && isDisplayed(option, values) ? [option.value] : [],
		);
		const has = new Set<string>(endpoints.map(({ operation }) => operation));
		expect(offered).toStrictEqual(Object.keys(operationNames).filter((name) => has.has(name)));
	},
);

/** A node's parameters, with Mode where the node's version has it. */
const withMode = (version: number, mode: string, options: INodeParameters = {}) =>
	version === 1 ? { mode, options } : { options: { ...options, mode } };

describe.each(
	providers.flatMap(({ id }) => versionsToTest.map((version) => [id, version] as const)),
)('the callback URL on %s in version %s', (provider, version) => {
	const callsBack = ['fal', 'wavespeed', 'replicate'].includes(provider);

	it.each<['submit' | 'wait', boolean]>([
		['submit', callsBack],
		['wait', false],
	])('mode %s: is visible (%s)', (mode, isShown) => {
		const values = parametersOf({ provider, ...withMode(version, mode) }, version);
		const types = optionCopiesOf('callbackUrl')
			.filter((copy) => isOptionDisplayed(copy, values, version))
			.map(({ type }) => type);
		expect(types).toEqual(isShown ? ['string', 'hidden'] : ['hidden']);
	});

	it.each(['submit', 'wait'])(
		'mode %s: its value is kept, to report that it is ignored',
		(mode) => {
			const options = { callbackUrl: 'https://a.example' };
			const values = parametersOf({ provider, ...withMode(version, mode, options) }, version);
			expect(values.options).toStrictEqual(version === 1 ? options : { ...options, mode });
		},
	);
});

it('the default callback URL is the one that resumes a Wait node', () => {
	const defaults = optionCopiesOf('callbackUrl').map((copy) => [copy.type, copy.default]);
	const shown = ['string', '={{ $execution.resumeUrl }}'];
	expect(defaults).toEqual([shown, shown, ['hidden', '']]);
});

it.each(combinations)('%s, %s, %s: the model can be chosen if there are two', (...names) => {
	const [provider, operation, model] = names;
	const expected = hasBase(provider, operation) ? model : undefined;
	expect(parametersOf({ provider, operation, model }, 1).model).toBe(expected);
	const { options } = parametersOf({ provider, operation, options: { model } });
	expect(options).toEqual(expected === undefined ? {} : { model: expected });
});

it('a workflow older than operations is text to image with Turbo', () => {
	expect(parametersOf({ provider: 'fal', prompt: 'a', size: '512x512' }, 1)).toMatchObject({
		operation: 'textToImage',
		model: 'turbo',
		size: '512x512',
	});
});

describe('what is derived from an option', () => {
	const shown = optionNamesInOrder.flatMap((name) =>
		(name === 'preprocess' ? copiesOf(name) : optionCopiesOf(name)).filter(
			({ type }) => type !== 'hidden',
		),
	);
	const texts = (name: string) => [
		...new Set(shown.filter((copy) => copy.name === name).map(({ description }) => description)),
	];

	it.each([
		['outputFormat', 'Default: PNG.'],
		[
			'outputFormat',
			'Default: PNG on fal, AI/ML API and stable-diffusion.cpp, JPEG on WaveSpeed and Replicate, WebP on Highway API.',
		],
		[
			'outputFormat',
			'Default: PNG on fal and stable-diffusion.cpp, JPEG on WaveSpeed and Replicate, WebP on Highway API.',
		],
		[
			'outputFormat',
			'Default: PNG on fal and stable-diffusion.cpp, JPEG on Replicate, WebP on Highway API.',
		],
		['outputFormat', "Default: PNG on vLLM-Omni and sd-server. SGLang doesn't document a default."],
		['steps', 'from 1 to 50. Fewer are faster and rougher. Default: 28.'],
		['steps', "AI/ML API doesn't document a default."],
		['steps', "Default: 15 on LocalAI. vLLM-Omni and SGLang don't document a default."],
		[
			'strength',
			"Default: 0.6 on fal, WaveSpeed, Replicate and ComfyUI, 0.75 on stable-diffusion.cpp. Highway API doesn't document a default.",
		],
		[
			'strength',
			"Default: 1 on fal and ComfyUI, 0.75 on stable-diffusion.cpp. Highway API doesn't document a default.",
		],
		['guidanceScale', 'from 1 to 20. Default: 4.'],
		['guidanceScale', 'from 0 to 20. Default: 4.'],
		[
			'guidanceScale',
			"from 0 to 20. Default: 1 on sd-server. vLLM-Omni and SGLang don't document a default.",
		],
		['controlScale', "from 0 to 1. Default: 0.75 on fal. WaveSpeed doesn't document a default."],
		['controlScale', 'from 0 to 2. Default: 0.75.'],
		['controlEnd', 'from 0 to 1. Default: 0.8.'],
		['tileSize', 'an even number from 32 to 256. 64 is 512 pixels, 128 is 1024. Default: 128.'],
		['preprocess', 'Default: None.'],
		['preprocess', 'Default: Depth.'],
		['diffusionModel', 'Default: z_image_turbo_bf16.safetensors.'],
		['modelName', 'Not needed if the server has only one model. Default: empty.'],
	])('%s: its description says "%s"', (name, text) => {
		expect(texts(name).filter((description) => description?.endsWith(text))).toHaveLength(1);
	});

	it('every copy has a fitting value when it is added', () => {
		const wrong = shown.filter(({ type, default: value, options = [], typeOptions = {} }) => {
			if (type === 'number') {
				const { minValue = 0, maxValue = 0 } = typeOptions;
				return typeof value !== 'number' || value < minValue || value > maxValue;
			}
			if (type === 'boolean') return typeof value !== 'boolean';
			if (type === 'resourceLocator') {
				return !/^\{"mode":"list","value":"[\w.]*"\}$/.test(JSON.stringify(value));
			}
			if (type === 'json' || type === 'string') return typeof value !== 'string';
			return !options.some((option) => 'value' in option && option.value === value);
		});
		expect(wrong.map(({ name }) => name)).toStrictEqual([]);
		expect(shown.length).toBeGreaterThan(optionNamesInOrder.length);
	});
});
