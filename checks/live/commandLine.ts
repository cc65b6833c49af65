import { parseArgs } from 'node:util';

import { subjectIds, subjects } from './subjects';

export const usage = `Generates the cheapest image with your own key, and compares each answer with the documents. It costs money.

  npm run check:live -- --provider fal

  --provider NAME       ${subjectIds.join(', ')}; may be repeated. Default: each that has a key
  --yes                 send without asking; needed where nobody can be asked
  --base-url NAME=URL   another address of a provider, such as the sandbox's; the key goes there
  --prompt TEXT         another prompt
  --timeout SECONDS     for the image, 300 by default

The key is read from the environment, and is kept nowhere:
${subjects.map(({ id, keyNames }) => `  ${id.padEnd(8)}  ${keyNames.join(' or ')}`).join('\n')}

Ends with 0 when nothing that the nodes rely on differs, 1 when something does, 2 when nothing was sent.`;

/** What a person asks for on the command line. */
export interface Options {
	readonly providers: readonly string[];
	readonly isConfirmed: boolean;
	readonly baseUrls: ReadonlyMap<string, string>;
	readonly prompt: string;
	readonly timeoutSeconds: number;
	readonly wantsHelp: boolean;
}

/** Explains what is wrong with the command line. */
export class UsageError extends Error {}

function checkProvider(name: string): string {
	if (subjectIds.includes(name)) return name;
	throw new UsageError(`There is no provider "${name}": ${subjectIds.join(', ')}`);
}

function readBaseUrl(text: string): [string, string] {
	const [, name = '', url = ''] = /^([^=]*)=(.*)$/.exec(text) ?? [];
	const protocol = URL.canParse(url) ? new URL(url).protocol : '';
	if (!['http:', 'https:'].includes(protocol)) {
		throw new UsageError('--base-url takes NAME=URL, such as fal=http://127.0.0.1:8801');
	}
	return [checkProvider(name), url.replace(/\/+$/, '')];
}

function readSeconds(text: string): number {
	const seconds = Number(text);
	if (Number.isInteger(seconds) && seconds >= 1) return seconds;
	throw new UsageError('--timeout takes a whole number of seconds');
}

/** @throws UsageError */
export function readCommandLine(args: readonly string[]): Options {
	const { values } = parse(args);
	return {
		providers: values.provider.map(checkProvider),
		isConfirmed: values.yes,
		baseUrls: new Map(values['base-url'].map(readBaseUrl)),
		prompt: values.prompt,
		timeoutSeconds: readSeconds(values.timeout),
		wantsHelp: values.help,
	};
}

function parse(args: readonly string[]) {
	try {
		return parseArgs({
			args: [...args],
			options: {
				provider: { type: 'string', multiple: true, default: [] },
				yes: { type: 'boolean', default: false },
				'base-url': { type: 'string', multiple: true, default: [] },
				prompt: { type: 'string', default: 'A lighthouse on a cliff' },
				timeout: { type: 'string', default: '300' },
				help: { type: 'boolean', default: false },
			},
		});
	} catch (error) {
		throw new UsageError(error instanceof Error ? error.message : String(error));
	}
}
