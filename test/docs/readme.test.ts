import { readdirSync, statSync } from 'fs';
import { join } from 'path';

import type { LoraPreset } from '../../nodes/ZImage/applyLoraPreset/presets';
import { loraPresets } from '../../nodes/ZImage/applyLoraPreset/presets';
import { estimateCostUsd } from '../../nodes/ZImage/providers/cost';
import type { ImageRequest, Limits, Provider } from '../../nodes/ZImage/providers/provider';
import { operationNames, providers, providersWith } from '../../nodes/ZImage/providers/registry';
import { credentialTypes } from '../support/credentials';
import { endpointOf, imageRequest } from '../support/request';
import { linksIn, pageFiles, project, readText, tablesIn, tableUnder } from './markdown';

const readme = readText('README.md');

/** Enough for three minutes at 235 words a minute, including the workflow to paste. */
const mostWords = 705;

it('the README can be read in three minutes', () => {
	const text = readme.replace(/<!--.*?-->/gs, '').replace(/\]\([^)]*\)/g, ']');
	const words = text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
	expect(words.length).toBeLessThanOrEqual(mostWords);
});

const templates = readdirSync(join(project, 'examples')).filter((file) => file.endsWith('.json'));

it('the list of templates has every example, and no others', () => {
	const cells = tableUnder('examples/README.md', 'All templates').rows.map(
		([example = '']) => example,
	);
	expect(linksIn(cells.join('\n')).sort()).toEqual(templates.toSorted());
});

it('every template has a screenshot, and every screenshot a template', () => {
	const folder = 'docs/pictures/templates';
	const names = templates.map((file) => file.replace('.json', ''));
	expect(readdirSync(join(project, folder)).sort()).toEqual(
		names.map((name) => `${name}.webp`).sort(),
	);
	const cells = tableUnder('examples/README.md', 'Workflows').rows.flat();
	const shown = names.map((name) => {
		const { name: title } = JSON.parse(readText(`examples/${name}.json`)) as { name: string };
		return `[${name}](${name}.json)<br>![${title}](../${folder}/${name}.webp)`;
	});
	expect(cells.filter((cell) => cell !== '').sort()).toEqual(shown.sort());
});

it('every screenshot of a template is small enough to load quickly', () => {
	const folder = join(project, 'docs/pictures/templates');
	const tooLarge = readdirSync(folder).filter((file) => statSync(join(folder, file)).size > 60_000);
	expect(tooLarge).toEqual([]);
});

it('every screenshot is on a page', () => {
	const files = readdirSync(join(project, 'docs/pictures')).filter((file) => file.endsWith('.png'));
	const pages = pageFiles.map(readText).join('\n');
	expect(files.filter((file) => !pages.includes(`pictures/${file}`))).toEqual([]);
});

it('the README states the number of presets', () => {
	expect(readme).toContain(`${loraPresets.length} presets`);
});

it('the table of presets matches the code', () => {
	const table = tableUnder('docs/nodes/apply-lora-preset.md', 'The presets');
	expect(table.header).toEqual(['preset', 'LoRA', 'trigger words', 'scale', 'licence']);
	expect(table.rows).toEqual(
		loraPresets.map(({ displayName, path, trigger, scale, licence }: LoraPreset) => [
			displayName,
			`[${path}](https://huggingface.co/${path})`,
			trigger === undefined ? '–' : `\`${trigger}\``,
			String(scale),
			licence ?? 'see its page',
		]),
	);
});

function defaultCost(provider: Provider, loras: ImageRequest['loras']): string {
	const cost = estimateCostUsd(endpointOf(provider), imageRequest({ loras }));
	if (cost === 0) return '0';
	return cost?.toFixed(4) ?? 'not documented';
}

/** A limit that all endpoints of a provider share. If they differ, one per endpoint. */
function limitsIn(all: readonly Provider[], text: (limits: Limits) => string): string[] {
	return all.map(({ endpoints }) =>
		[...new Set(endpoints.map(({ limits }) => text(limits)))].join(' / '),
	);
}

const withLora = [{ path: 'a/b', scale: 1 }];

it('the page about the providers compares them as the code does', () => {
	const { header, rows } = tableUnder('docs/providers/README.md', 'What differs between providers');
	const cells = new Map(header.map((what, column) => [what, rows.map((row) => row[column])]));
	const all: readonly Provider[] = providers;
	expect(cells.get('provider')).toEqual(all.map(({ displayName }) => displayName));
	const yes = (test: (provider: Provider) => boolean) =>
		all.map((provider) => (test(provider) ? 'yes' : '–'));
	for (const operation of ['imageToImage', 'inpaint', 'controlNet', 'seamlessTiling'] as const) {
		expect(cells.get(operationNames[operation])).toEqual(
			yes((provider) => providersWith(operation).includes(provider)),
		);
	}
	expect(cells.get('Z-Image Base')).toEqual(
		yes((provider) => providersWith('textToImage', 'base').includes(provider)),
	);
	expect(cells.get('Mode Submit')).toEqual(yes(({ tasks }) => tasks !== undefined));
	expect(cells.get('width, height')).toEqual(
		limitsIn(all, ({ side }) => `${side.min} to ${side.max}`),
	);
	expect(cells.get('images per task')).toEqual(
		limitsIn(all, ({ imagesPerTask }) => `${imagesPerTask}`),
	);
	expect(cells.get('1024×1024, USD')).toEqual(all.map((provider) => defaultCost(provider, [])));
	expect(cells.get('1024×1024, LoRAs, USD')).toEqual(
		all.map((provider) => defaultCost(provider, withLora)),
	);
});

it('the README lists the credentials', () => {
	const rows = tableUnder('README.md', 'Credentials').rows.map(([page, name, , url]) => [
		page,
		name,
		url,
	]);
	expect(rows).toEqual(
		providers.map(({ id, displayName, credentialType, defaultBaseUrl }) => [
			`[${displayName}](docs/providers/${id}.md)`,
			credentialTypes.find(({ name }) => name === credentialType)?.displayName,
			`\`${defaultBaseUrl}\``,
		]),
	);
});

it('the FAQ states the same costs', () => {
	const all: readonly Provider[] = providers;
	expect(tableUnder('docs/faq.md', 'What does an image cost?').rows).toEqual(
		all.map((provider) => [
			provider.displayName,
			defaultCost(provider, []),
			defaultCost(provider, withLora),
		]),
	);
});

it('the FAQ lists its questions, and states the same link lifetimes as the README', () => {
	const headings = [...readText('docs/faq.md').matchAll(/^## (.+)$/gm)].map(([, title]) => title);
	expect(headings.length).toBeGreaterThan(12);
	const lasts = tablesIn(readText('docs/faq.md')).find(({ header }) =>
		header[1]?.includes('`url`'),
	);
	const { header, rows } = tableUnder('docs/providers/README.md', 'What differs between providers');
	const inReadme = rows.map((row) => row[header.findIndex((what) => what.startsWith('link in'))]);
	lasts?.rows.forEach(([, link = ''], index) => {
		expect(link.startsWith(inReadme[index] ?? '?')).toBe(true);
	});
	expect(lasts?.rows).toHaveLength(inReadme.length);
});
