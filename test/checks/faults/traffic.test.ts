import { subjectOf } from '../../../checks/faults/subject';
import type { Harm } from '../../../checks/faults/harm';
import type { Arrival } from '../../../checks/faults/traffic';
import { Traffic } from '../../../checks/faults/traffic';
import type { Sandbox } from '../../../sandbox/emulator/server';
import { authorization, call, useSandbox } from '../../sandbox/http';

const sandbox = useSandbox();

let traffic: Traffic;
let urls: Sandbox['urls'];
const arrivals: Arrival[] = [];

/** Puts servers in front of a sandbox's Novita and files, and replaces `urls`. */
async function start(harm: Harm): Promise<void> {
	arrivals.length = 0;
	urls = { ...sandbox.current.urls };
	traffic = await Traffic.start({
		subject: subjectOf('novita'),
		sandbox: { ...sandbox.current, urls },
		itemOf: (prompt) => (prompt.startsWith('boat') ? 4 : undefined),
		meddle: (arrival) => {
			arrivals.push(arrival);
			return arrival.stage === 'submit' && arrival.position === 0 ? harm : undefined;
		},
	});
}

afterEach(async () => await traffic.close());

const submit = async () =>
	await call(`${urls.novita}/v3/async/z-image-turbo`, {
		key: authorization(sandbox.current).novita,
		body: { prompt: 'boat "of" [item]', size: '256*256' },
	});

const gateway = (isPassedOn: boolean): Harm => ({
	kind: 'gateway',
	status: 502,
	body: 'html',
	isPassedOn,
});

it.each([
	['before it', gateway(false), 502, 0],
	['after it', gateway(true), 502, 1],
	['late', { kind: 'late', ms: 1 } as const, 200, 1],
	['in its own words', { kind: 'provider', fault: '429' } as const, 429, 0],
])("the provider receives a submit, or doesn't: %s", async (_when, harm, status, accepted) => {
	await start(harm);
	expect((await submit()).status).toBe(status);
	expect(sandbox.current.accepted).toHaveLength(accepted);
	const isTold = status !== 502;
	expect(traffic.submits[4]).toEqual([expect.objectContaining({ harm, isTold })]);
	expect(sandbox.current.accepted.map((one) => traffic.hides(one))).toEqual(
		Array(accepted).fill(!isTold),
	);
});

it('resets the connection', async () => {
	await start({ kind: 'reset', isPassedOn: true });
	await expect(submit()).rejects.toThrow();
	expect(sandbox.current.accepted).toHaveLength(1);
});

it('knows which item every request belongs to, even after a fault', async () => {
	await start(gateway(true));
	await submit();
	const { json } = await submit();
	const { task_id: taskId } = json as { task_id: string };
	const status = await call(`${urls.novita}/v3/async/task-result?task_id=${taskId}`, {
		key: authorization(sandbox.current).novita,
	});
	const [image] = (status.json as { images: Array<{ image_url: string }> }).images;
	const { pathname, search } = new URL(image?.image_url ?? '');
	expect((await call(`${urls.files}${pathname}${search}`)).status).toBe(200);
	expect(arrivals).toEqual([
		{ item: 4, stage: 'submit', position: 0 },
		{ item: 4, stage: 'submit', position: 1 },
		{ item: 4, stage: 'status', position: 0 },
		{ item: 4, stage: 'download', position: 0 },
	]);
});
