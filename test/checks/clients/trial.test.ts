import type { Rig } from '../../../checks/clients/rig';
import { failure, runTrials, type Client } from '../../../checks/clients/trial';
import { startSandbox } from '../../../sandbox/emulator/server';

async function outcomesOf(client: Client, mostMs?: number) {
	const sandbox = await startSandbox();
	const files = { png: new Uint8Array(), zip: new Uint8Array() };
	const rig: Rig = { sandbox, ...files, strays: [], close: () => sandbox.close() };
	try {
		return await runTrials([client], rig, () => undefined, mostMs);
	} finally {
		await rig.close();
	}
}

const clientWhose = (run: () => Promise<string>): Client => ({
	name: 'a client',
	trials: [{ call: 'a call', run }],
});

it.each<[string, () => Promise<string>, object]>([
	['what it saw', async () => '200', { seen: '200', ok: true }],
	[
		'what was wrong',
		async () => await Promise.reject(new Error('5 is not 6')),
		{ seen: '5 is not 6', ok: false },
	],
	[
		'what a client threw, with the response',
		async () => await Promise.reject(Object.assign(new Error('Conflict'), { body: { a: 1 } })),
		{ seen: 'Conflict {"a":1}', ok: false },
	],
	[
		"what a client threw that isn't an error",
		jest.fn<Promise<string>, []>().mockRejectedValue({ code: 5 }),
		{ seen: '{"code":5}', ok: false },
	],
])('a trial reports %s', async (_name, run, outcome) => {
	expect(await outcomesOf(clientWhose(run))).toEqual([
		{ client: 'a client', call: 'a call', ...outcome },
	]);
});

it('a client that hangs fails, and the next call runs', async () => {
	const hanging = { call: 'a call', run: () => new Promise<string>(() => undefined) };
	const next = { call: 'the next', run: async () => '200' };
	const outcomes = await outcomesOf({ name: 'a client', trials: [hanging, next] }, 1);
	expect(outcomes).toMatchObject([
		{ ok: false, seen: 'not over after 0.001 s' },
		{ ok: true, seen: '200' },
	]);
});

it('a call that should have failed is an error', async () => {
	await expect(failure(Promise.resolve(1))).rejects.toThrow('it was expected to fail');
	expect(await failure(Promise.reject(new Error('no')))).toEqual(new Error('no'));
});
