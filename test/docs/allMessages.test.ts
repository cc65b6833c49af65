import { readdirSync } from 'fs';
import { join } from 'path';

import { patternOf, project, readText } from './markdown';
import { messages } from './messages';

/** Messages that neither a workflow nor a response of the sandbox can trigger. */
const beyondReach = [
	// Its parts are separate rows, with the text in between.
	'… returned an unexpected response (HTTP …) …',
	// The image URL would have to be unencrypted or private while the base URL is neither.
	'The image has no public https URL and was not downloaded',
	// Needs a pause that ends within a quarter of a second of the deadline.
	'The image could not be downloaded before the timeout (HTTP 429)',
	// Needs n8n's database or files to be unavailable, or an upload to be slow: test/engine/connections.
	'No time was left to send the request to …',
	"n8n could not read the node's credential: …",
	'n8n could not store the image file: …',
	// For a stopped execution, n8n shows only this.
	'The execution was stopped',
	// The sandbox always answers about the requested task.
	'… returned the status of another task (…)',
	// The sandbox returns its keys in the documented form: test/engine/triggerActivation.
	'… returned its signing keys in an unexpected form',
	// Model Name exists only for the user's own servers.
	'Only your own server has a list of models',
	// The pages of a list would have to take longer than the timeout: test/tasks/list.
	'… did not list the tasks within …',
	// Needs several items: test/engine/trainLora.
	'… must be the same for all items (got … and …)',
	// Needs gigabytes, or tens of thousands of files.
	'The training images have … MiB together, but must have at most … MiB on …',
	'A training must have at most … images (got …)',
	// Every provider with trainers has a storage.
	'… has no storage for a zip',
	// The sandbox's own address is private, and so is the URL of a zip that it may fetch.
	'… must be a public address that … can download from (got …)',
	// Another program would have to write into n8n's store: test/trainLora/zip.
	'A file changed while it was read (…)',
	// Parts of "The weights could not be downloaded: …".
	'the file is not in the safetensors format (content type: …)',
	'they have no public https URL',
	'HTTP …',
	'HTTP 429',
	'n8n: …',
	// Get Task Result checks this first.
	"… doesn't have tasks",
];

/** A template or a text in the code, with `…` for the inserted values. */
function withoutValues(literal: string): string {
	let text = '';
	let depth = 0;
	for (let i = 1; i < literal.length - 1; i++) {
		if (literal.startsWith('${', i)) {
			if (depth++ === 0) text += '…';
			i++;
		} else if (depth > 0) {
			if (literal[i] === '{') depth++;
			else if (literal[i] === '}') depth--;
		} else {
			text += literal[i];
		}
	}
	return text.replace(/…+/g, '…');
}

const folder = join(project, 'nodes', 'ZImage');
const code = readdirSync(folder, { recursive: true, encoding: 'utf8' })
	.filter((file) => file.endsWith('.ts'))
	.map((file) => readText(join('nodes', 'ZImage', file)));

const literal = String.raw`(\`(?:\\.|[^\`])*\`|'(?:\\.|[^'])*'|"[^"]*")`;
const inCode = code.flatMap((text) =>
	[...text.matchAll(new RegExp(String.raw`(?:new Failure|[( ]failure)\(\s*${literal}`, 'g'))].map(
		([, found = '']) => withoutValues(found),
	),
);

const onPage = Object.keys(messages);

it('troubleshooting lists every message of the nodes', () => {
	expect(inCode.length).toBeGreaterThan(45);
	const missing = inCode.filter(
		(message) =>
			!beyondReach.includes(message) &&
			!onPage.some((row) => patternOf(row).test(message) || patternOf(message).test(row)),
	);
	expect(missing).toEqual([]);
	expect(beyondReach.filter((message) => !inCode.includes(message))).toEqual([]);
});
