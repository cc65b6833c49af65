import { useSandbox } from '../support/sandboxes';
import { patternOf, readText, tablesIn } from './markdown';
import { messages } from './messages';
import { Provoker } from './provoked';

const getSandbox = useSandbox();

const rows = tablesIn(readText('docs/troubleshooting.md'))
	.filter(({ header }) => header[0] === 'message')
	.flatMap((table) => table.rows);
/** The error's statement about the charge, for each statement on the page. */
const chargedBy: Readonly<Record<string, readonly unknown[]>> = {
	'nothing was sent': ['no'],
	no: ['no'],
	// A provider may say that it doesn't charge for a failed task.
	perhaps: ['maybe', 'no'],
	yes: ['yes'],
	'–': [undefined],
};

/** About a task that Generate submitted, as the workflow shows. The errors state what it costs. */
const ofEarlierTasks: ReadonlySet<string> = new Set([
	'Task … belongs to …, but Provider is set to …',
	'… could not report the task status (HTTP 404): …',
]);

const paidOf = new Map(rows.map(([message = '', , , paid = '']) => [message.slice(1, -1), paid]));

it('the page has every message that the tests trigger, each once, and no others', () => {
	expect([...paidOf.keys()].sort()).toEqual(Object.keys(messages).sort());
	expect(rows).toHaveLength(paidOf.size);
	expect(rows.filter((row) => row.length !== 4 || row.includes(''))).toEqual([]);
});

const ways = Object.entries(messages).flatMap(([message, all]) =>
	all.map((way, index) => ({ message, number: index + 1, way })),
);

it.each(ways)('$message ($number)', async ({ message, way }) => {
	const sandbox = getSandbox();
	const { message: seen, task } = await way(new Provoker(sandbox));
	expect(seen).toMatch(patternOf(message));

	// The page's statements about charges match what the providers received.
	const requests = sandbox.requests.filter(({ provider }) => provider !== 'hub');
	const submits = requests.filter(({ method, path }) => method === 'POST' && !/storage/.test(path));
	const paid = paidOf.get(message);
	if (paid === 'nothing was sent') expect(requests).toEqual([]);
	else if (paid === 'no') expect(sandbox.tasks).toEqual([]);
	else if (paid === 'perhaps') expect(submits).toHaveLength(1);
	else if (paid === 'yes') {
		expect(sandbox.tasks).toHaveLength(1);
		expect(task.taskId).toEqual(expect.any(String));
	} else expect(paid).toBe('–');
	if (!ofEarlierTasks.has(message)) expect(chargedBy[paid ?? '']).toContain(task.charged);
});
