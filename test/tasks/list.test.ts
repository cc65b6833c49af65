import { replicate } from '../../nodes/ZImage/providers/replicate';
import { wavespeed } from '../../nodes/ZImage/providers/wavespeed';
import { listTasks } from '../../nodes/ZImage/tasks/list';
import { listedJson } from '../../nodes/ZImage/tasks/taskItem';
import { answer, errorOf, fakeClient, limits } from '../support/fakeClient';
import { startMs } from '../support/recordingClock';

const all = { sinceMs: startMs - 3_600_000, most: Infinity };

function item(id: string, secondsAgo: number | null) {
	const time = secondsAgo === null ? null : new Date(startMs - secondsAgo * 1000).toISOString();
	return { id, model: 'wavespeed-ai/z-image/turbo', status: 'completed', created_at: time };
}

const page = (...items: object[]) => answer(200, { code: 200, data: { items } });

it('a task that moves to the next page in the meantime is listed once, in its last state', async () => {
	const again = { ...item('b', 20), status: 'failed' };
	const client = fakeClient(wavespeed, [page(item('a', 10), item('b', 20)), page(again), page()]);
	const tasks = await listTasks(client, wavespeed.tasks.list, all, limits());
	expect(tasks.map(({ taskId, status }) => [taskId, status])).toStrictEqual([
		['a', 'succeeded'],
		['b', 'failed'],
	]);
});

it('leaves out older tasks, and keeps those without a time: they may be charged', async () => {
	const given = page(item('new', 3600), item('old', 3601), item('unknown', null));
	const client = fakeClient(wavespeed, [given, page()]);
	const tasks = await listTasks(client, wavespeed.tasks.list, all, limits());
	expect(tasks.map(({ taskId }) => taskId)).toStrictEqual(['new', 'unknown']);
	expect(tasks.map((task) => listedJson('wavespeed', task).submittedAt)).toStrictEqual([
		new Date(startMs - 3_600_000).toISOString(),
		null,
	]);
});

it('requests no page beyond the limit', async () => {
	const client = fakeClient(wavespeed, [page(item('a', 1), item('b', 2), item('c', 3))]);
	const tasks = await listTasks(client, wavespeed.tasks.list, { ...all, most: 2 }, limits());
	expect(tasks.map(({ taskId }) => taskId)).toStrictEqual(['a', 'b']);
	expect(client.sent).toHaveLength(1);
});

it("continues over pages with only other models' tasks", async () => {
	const next = 'https://api.replicate.com/v1/predictions?cursor=b';
	const others = answer(200, { next, results: [{ id: 'x', model: 'somebody/else' }] });
	const own = answer(200, { next: null, results: [{ id: 'a', model: 'prunaai/z-image' }] });
	const client = fakeClient(replicate, [others, own]);
	const tasks = await listTasks(client, replicate.tasks.list, all, limits());
	expect(tasks.map(({ taskId }) => taskId)).toStrictEqual(['a']);
	expect(client.sent.map(({ call }) => call.query?.cursor)).toStrictEqual([undefined, 'b']);
});

it('checks before each page whether the execution was stopped', async () => {
	const client = fakeClient(wavespeed, [page(item('a', 1)), page()]);
	const lookForStop = jest.fn(async () => await Promise.resolve());
	await listTasks(client, wavespeed.tasks.list, all, { ...limits(), lookForStop });
	expect(lookForStop).toHaveBeenCalledTimes(2);
});

it('ends when the time is up, however long the list is', async () => {
	const endless = Array<ReturnType<typeof page>>(10).fill(page(item('a', 1)));
	const client = fakeClient(wavespeed, endless, 500);
	const error = await errorOf(listTasks(client, wavespeed.tasks.list, all, limits(2000)));
	expect(error).toMatchObject({
		message: 'WaveSpeed did not list the tasks within 2 seconds',
		kind: 'timeout',
	});
});

it.each([
	[answer(401, { code: 401, message: 'invalid authentication' }), '(HTTP 401): invalid auth'],
	[answer(200, { code: 500, message: 'Internal Server Error' }), '(HTTP 200): Internal'],
	[answer(200, { hello: 1 }), 'returned an unexpected response'],
])("%#: a response that isn't a list is an error", async (given, words) => {
	const client = fakeClient(wavespeed, [given]);
	const error = await errorOf(listTasks(client, wavespeed.tasks.list, all, limits()));
	expect((error as Error).message).toContain(words);
});
