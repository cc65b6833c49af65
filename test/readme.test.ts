import { existsSync, readFileSync } from 'fs';
import { dirname, join } from 'path';

import type { LoraPreset } from '../nodes/ZImage/lora/presets';
import { loraPresets } from '../nodes/ZImage/lora/presets';

const project = join(__dirname, '..');
const read = (file: string) => readFileSync(join(project, file), 'utf8');

/** A Markdown table without its padding, as rows of cells. */
function rowsOf(markdown: string): string[][] {
	return markdown
		.split('\n')
		.filter((line) => line.startsWith('|') && !/^\|[\s|-]+$/.test(line))
		.map((line) =>
			line
				.slice(1, -1)
				.split('|')
				.map((cell) => cell.trim()),
		);
}

it('the table of presets is the one in the code', () => {
	const [, table = ''] = read('README.md').split(/<!-- \/?presets -->/);
	expect(rowsOf(table)).toEqual([
		['preset', 'LoRA', 'trigger words', 'scale', 'licence'],
		...loraPresets.map(({ displayName, path, trigger, scale, licence }: LoraPreset) => [
			displayName,
			`[${path}](https://huggingface.co/${path})`,
			trigger === undefined ? '–' : `\`${trigger}\``,
			String(scale),
			licence ?? 'see its page',
		]),
	]);
});

it.each(['README.md', 'docs/how-it-works.md', 'docs/adding-a-provider.md', 'sandbox/README.md'])(
	'%s links only to files that exist, and names only scripts that exist',
	(file) => {
		const text = read(file);
		const links = [...text.matchAll(/\]\(([^)#:]+)\)/g)].map(([, link = '']) => link);
		const missing = links.filter((link) => !existsSync(join(project, dirname(file), link)));
		expect(missing).toEqual([]);
		const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
		const named = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name);
		expect(named.filter((name) => !(name in scripts))).toEqual([]);
	},
);
