import { defaultLoraScale } from '../../nodes/ZImage/lora/loras';
import { estimateCostUsd } from '../../nodes/ZImage/providers/cost';
import type {
	Endpoint,
	ImageRequest,
	Provider,
	ProviderOption,
	Range,
} from '../../nodes/ZImage/providers/provider';
import { operationNames, providers, serverNames } from '../../nodes/ZImage/providers/registry';
import { credentialTypes } from '../support/credentials';
import { optionNames } from '../support/request';
import { useSandbox } from '../support/sandboxes';
import { codesIn, patternOf, readText, tablesIn, tableUnder } from './markdown';
import type { Seen } from './provoked';
import { Provoker } from './provoked';
import { uploadCallOf } from '../support/uploadCalls';

const getSandbox = useSandbox();

function request(
	{ operation, model, server }: Endpoint,
	hasLora: boolean,
	more = {},
): ImageRequest {
	return {
		operation,
		model,
		...(server && { server }),
		prompt: 'a boat',
		width: 1000,
		height: 1000,
		numberOfImages: 1,
		loras: hasLora ? [{ path: 'a/b', scale: defaultLoraScale }] : [],
		options: {},
		...more,
	};
}

const modelNames = { base: 'Base', turbo: 'Turbo' } as const;

/** A page's name for an endpoint's operation, including the kind of server if there are several. */
function operationOf({ operation, server }: Endpoint): string {
	return `${operationNames[operation]}${server ? ` (${serverNames[server]})` : ''}`;
}

/** Each endpoint's operation and model, with the result of `cell` without and with a LoRA. */
function endpointRows(
	provider: Provider,
	cell: (asked: ImageRequest, endpoint: Endpoint) => string,
): string[][] {
	return provider.endpoints.map((endpoint) => [
		operationOf(endpoint),
		modelNames[endpoint.model],
		cell(request(endpoint, false), endpoint),
		endpoint.loras.max > 0 ? cell(request(endpoint, true), endpoint) : '–',
	]);
}

function rangeText({ min, max, multipleOf }: Range): string {
	const even = multipleOf === 2 ? ', even' : '';
	const multiples =
		multipleOf !== undefined && multipleOf > 2 ? `, multiples of ${multipleOf}` : '';
	return `${min} to ${max}${even}${multiples}`;
}

/** One way to make a provider refuse a request. */
const cases: Readonly<Record<string, (at: Provoker, provider: string) => Promise<Seen>>> = {
	'wrong key': (at, provider) => at.generate({ provider }, { credential: { apiKey: 'wrong-key' } }),
	'no credit': (at, provider) => at.steered(provider, '[sandbox:no-money]'),
	'too many requests': (at, provider) =>
		at.steered(provider, '[sandbox:submit=429;retry-after=2]', { options: { timeoutSeconds: 20 } }),
	'refused prompt': (at, provider) => at.steered(provider, '[sandbox:moderate]'),
	'failed task': (at, provider) => at.steered(provider, '[sandbox:fail=Out of paint]'),
};

/** The user's own server charges nothing and doesn't check prompts. */
const hostedOnly: readonly string[] = ['no credit', 'refused prompt'];

describe.each<[string, Provider]>(providers.map((provider) => [provider.id, provider]))(
	'docs/providers/%s.md',
	(id, provider) => {
		const file = `docs/providers/${id}.md`;
		const text = readText(file);
		const credential = credentialTypes.find(({ name }) => name === provider.credentialType);

		it('names the credential, its fields and the request of its test', () => {
			expect(text).toContain(`**Create credential → ${credential?.displayName}**`);
			expect(tableUnder(file, 'Credential').rows.map(([field, value]) => [field, value])).toEqual(
				credential?.properties
					.filter(({ type }) => type !== 'notice')
					.map(({ displayName, default: value }) => [
						displayName,
						value === '' ? '–' : `\`${String(value)}\``,
					]),
			);
			const { baseURL = '', url = '' } = credential?.test?.request ?? {};
			// fal's test uses another host than its queue.
			const host = /"(https?:[^"]+)"\)(?:\.replace\(.+, ""\))? \}\}$/.exec(baseURL)?.[1];
			expect(text.replace(/\s+/g, ' ')).toContain(`The test asks \`${host}\` for \`${url}\``);
		});

		it('lists the endpoints', () => {
			const shown = tableUnder(file, 'Endpoints').rows;
			const bodies = endpointRows(provider, (asked, { loras }) => {
				if (asked.loras.length > loras.max) return '–';
				const { path, model } = provider.submit(asked);
				if (!path.includes(model)) expect(codesIn(text)).toContain(path);
				return `\`${path.includes(model) ? path : model}\``;
			});
			expect(shown).toEqual(bodies);
			const { tasks } = provider;
			const calls = [tasks?.status, tasks?.result, tasks?.cancel].flatMap((call) =>
				call ? [call('{id}')] : [],
			);
			const upload = uploadCallOf(provider);
			for (const { method, path } of upload ? [...calls, upload] : calls) {
				expect(codesIn(text)).toContain(`${method} ${decodeURIComponent(path)}`);
			}
		});

		it('has the prices that the node uses for estimates', () => {
			expect(tableUnder(file, 'Prices').rows).toEqual(
				endpointRows(provider, (asked, endpoint) => {
					const cost = estimateCostUsd(endpoint, asked);
					return cost === null ? '–' : String(Number(cost.toFixed(6)));
				}),
			);
			const first = provider.endpoints[0] as Endpoint;
			const [plain, expanded, large] = [
				request(first, false),
				request(first, false, { options: { enablePromptExpansion: true } }),
				request(first, false, { width: 1024, height: 1024 }),
			].map((asked) => estimateCostUsd(first, asked) ?? 0) as [number, number, number];
			const more = Number((expanded - plain).toFixed(6));
			expect(/Prompt expansion costs an extra ([\d.]+) per request/.exec(text)?.[1]).toBe(
				more === 0 ? undefined : String(more),
			);
			if (plain === 0) return;
			const megapixels = Number((large / plain).toFixed(2));
			const counts = megapixels === 2 ? 'counts as two' : `is ${megapixels} megapixels`;
			expect(text).toContain(
				first.price?.per === 'image' ? 'US dollars per image' : `1024×1024 ${counts}`,
			);
		});

		it('has the limits that the node checks', () => {
			const { endpoints, files } = provider;
			const values = new Map(tableUnder(file, 'Limits').rows.map(([what, value]) => [what, value]));
			for (const { operation, model, keepsSize, limits } of endpoints) {
				const name = `${operationNames[operation]}${model === 'base' ? ' (Base)' : ''}`;
				const sides = values.get(`Width, Height for ${name}`) ?? values.get('Width, Height');
				if (!keepsSize) expect(sides).toBe(rangeText(limits.side));
				expect(values.get('Seed')).toBe(rangeText(limits.seed));
				expect(values.get('Images per task')).toBe(String(limits.imagesPerTask));
				const { promptLength } = limits;
				expect(values.get('Prompt')).toBe(
					promptLength === undefined ? 'no limit' : `${promptLength} characters`,
				);
			}
			expect(values.get('Source image, mask')).toBe(files && `${files.maxBytes / 1024 / 1024} MiB`);
			if (files?.upload) {
				const kibibytes = files.maxInlineBytes / 1024;
				const which = kibibytes === 0 ? 'All files are uploaded' : `larger than ${kibibytes} KiB`;
				expect(text).toContain(which);
			}
		});

		it('has the options of each operation', () => {
			const shown = tablesIn(text)
				.filter(({ heading }) => heading === 'Options')
				.flatMap(({ rows }) => rows);
			const names = provider.endpoints.map(
				(endpoint: Endpoint) =>
					`${operationOf(endpoint)}${endpoint.model === 'base' ? ' (Base)' : ''}`,
			);
			const ofTurbo = names.filter((name) => !name.endsWith('(Base)'));
			const found = shown.flatMap(([option, operations = '', values]) => {
				const all = { all: names, 'all of Turbo': ofTurbo }[operations] ?? operations.split(', ');
				return all.map((name) => `${name}: ${option} ${values}`.trim());
			});
			const expected = provider.endpoints.flatMap(({ options }: Endpoint, index) =>
				(Object.entries(options) as Array<[ProviderOption, Range | true]>).map(
					([option, range]) => {
						const values = range === true ? '' : rangeText(range);
						return `${names[index]}: ${optionNames[option]} ${values}`.trim();
					},
				),
			);
			expect(found.sort()).toEqual(expected.sort());
		});

		const saysNo = tableUnder(file, 'When something is wrong').rows;

		it('describes the outcome of each case', () => {
			expect(saysNo.map(([name]) => name)).toEqual(
				Object.keys(cases).filter((name) => !provider.isOwnServer || !hostedOnly.includes(name)),
			);
		});

		it.each(saysNo)('%s: %s', async (name = '', message = '') => {
			const seen = await cases[name]?.(new Provoker(getSandbox()), id);
			expect(seen?.message).toMatch(patternOf(codesIn(message)[0] ?? ''));
		});

		it("says what isn't verified", () => {
			const [, guesses = ''] = text.split('## Not verified');
			expect(guesses.match(/^- /gm)?.length ?? 0).toBeGreaterThan(2);
		});

		it('says what the sandbox guesses', () => {
			const [, guesses = ''] = text.split('## What the sandbox guesses');
			expect(guesses.match(/^- /gm)?.length ?? 0).toBeGreaterThan(2);
		});
	},
);
