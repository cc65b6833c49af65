import { useSandbox } from '../support/sandboxes';
import { codeBlocksIn, pageFiles, readText } from './markdown';
import { inputs, outputs, Samples } from './samples';

const getSandbox = useSandbox();

const blocks = pageFiles.flatMap((file) =>
	codeBlocksIn(readText(file))
		.filter(({ language }) => language.startsWith('json'))
		.map(({ mark, code }) => ({ file, mark: mark ?? '', code })),
);

const words = (mark: string, kind: 'in' | 'out') =>
	mark.startsWith(`${kind}: `) ? mark.slice(kind.length + 2) : undefined;

const ins = blocks.flatMap(({ file, mark, code }) => {
	const name = words(mark, 'in');
	return name === undefined ? [] : [{ file, name, code }];
});
const outs = blocks.flatMap(({ file, mark, code }) => {
	const name = words(mark, 'out');
	return name === undefined ? [] : [{ file, name, code }];
});

it('every block has a name, and every known name is on a page', () => {
	expect(blocks.filter(({ mark }) => !/^(in|out): /.test(mark))).toEqual([]);
	expect(ins.map(({ name }) => name).sort()).toEqual(Object.keys(inputs).sort());
	expect(outs.map(({ name }) => name).sort()).toEqual(Object.keys(outputs).sort());
});

it.each(ins)('$file: the input "$name" runs', async ({ name, code }) => {
	const run = inputs[name];
	const { error, json } = (await run?.(new Samples(getSandbox()), JSON.parse(code) as never)) ?? {};
	expect(error).toBeUndefined();
	expect(json).not.toHaveLength(0);
});

/** Fields whose values differ from run to run. On the page they have the same type. */
const changing: ReadonlySet<string> = new Set([
	'configUrl',
	'expiresAt',
	'submittedAt',
	'taskId',
	'url',
]);

/** The same JSON, with the values that differ from run to run replaced by their types. */
function comparable(json: unknown): unknown {
	const text = JSON.stringify(json, (key, value: unknown) =>
		changing.has(key) && value !== null ? `a ${typeof value}` : value,
	);
	return JSON.parse(text.replace(/Task ID: [\w-]+/g, 'Task ID: …')) as unknown;
}

it.each(outs)('$file: the output "$name" is what the node returns', async ({ name, code }) => {
	const given = ins.find((input) => input.name === name)?.code ?? 'null';
	const run = outputs[name];
	const made = await run?.(new Samples(getSandbox()), JSON.parse(given) as never);
	// Compared as text, because the page also shows the order of the fields.
	const shown = JSON.stringify(comparable(JSON.parse(code)), null, '\t');
	expect(shown).toBe(JSON.stringify(comparable(made), null, '\t'));
});
