import { INSTANT, memoryRise } from './scenarios';
import type { Sources } from './engine/job';
import type { Sample } from './row';
import { type SandboxProcess, withSandbox } from './sandboxProcess';
import { median } from './statistics';
import { bareLoopNode, measure, measureOnce, ourNode } from './subjects';

/** What memory and a stall of the event loop may come to, however many items a run has. */
const LIMITS = { memory: 30, stall: 50 };

const SMALL = { files: { bytes: 0 } };

const stallRow = (name: string, value: number): Sample => ({
	name: `${name}-stall`,
	unit: 'ms',
	value,
	limit: LIMITS.stall,
	goal: 1,
});

const memoryRow = (name: string, value: number): Sample => ({
	name: `${name}-memory`,
	unit: 'MB',
	value,
	limit: LIMITS.memory,
	goal: 1,
});

/** A run of many items in a process of its own, in which the bare loop has worked on as many before. */
async function longRun(folder: string, sandbox: SandboxProcess, items: number) {
	const subject = ourNode(folder)(sandbox);
	const inUse = { subject: bareLoopNode(folder)(sandbox), items };
	const warmUps = [inUse, { subject, items: 10 }];
	return await measureOnce({ subject, prompts: [INSTANT], items, warmUps });
}

/** What an item costs in a long run and in a short one, and whether memory grows with the items. */
export async function growth(folder: string): Promise<Sample[]> {
	return await withSandbox(SMALL, async (sandbox) => {
		const subject = ourNode(folder)(sandbox);
		const warmUps = [{ subject, items: 200 }];
		const of = async (items: number, times: number) =>
			await measure({
				subject,
				prompts: [INSTANT],
				runs: Array<number>(times).fill(items),
				warmUps,
			});
		const [ten, hundred, thousand] = [await of(10, 9), await of(100, 5), await of(1000, 3)];
		const wall = (runs: typeof ten) => median(runs.map(({ wallMs }) => wallMs));
		await sandbox.forget();
		return [
			{
				name: 'growth-1000',
				unit: 'ms',
				value: (wall(thousand) - wall(hundred)) / 900,
				limit: (wall(hundred) - wall(ten)) / 90,
				goal: 1.1,
			},
			memoryRow('growth-1000', memoryRise(await longRun(folder, sandbox, 1000))),
			stallRow('growth-1000', median(thousand.map(({ stallMs }) => stallMs))),
		];
	});
}

/** Ten thousand items in one run, compared with a thousand. */
export async function tenThousand(folder: string): Promise<Sample[]> {
	return await withSandbox(SMALL, async (sandbox) => {
		const thousand = await longRun(folder, sandbox, 1000);
		await sandbox.forget();
		const many = await longRun(folder, sandbox, 10_000);
		return [
			{
				name: 'growth-10000',
				unit: 'ms',
				value: many.wallMs / many.items,
				limit: thousand.wallMs / thousand.items,
				goal: 1.1,
			},
			memoryRow('growth-10000', memoryRise(many)),
			stallRow('growth-10000', many.stallMs),
		];
	});
}

/** A thousand items that all fail, compared with as many that succeed. */
export async function failing(folder: string): Promise<Sample[]> {
	return await withSandbox(SMALL, async (sandbox) => {
		const succeeding = ourNode(folder)(sandbox);
		const subject = { ...succeeding, isFailing: true as const };
		const warmUps = [{ subject: succeeding, items: 1000 }];
		const good = await measureOnce({
			subject: succeeding,
			prompts: [INSTANT],
			items: 1000,
			warmUps,
		});
		const prompts = [`${INSTANT} [sandbox:fail=out of paint]`];
		const bad = await measureOnce({ subject, prompts, items: 1000, warmUps });
		return [
			{
				name: 'failing-1000',
				unit: 'ms',
				value: bad.wallMs / bad.items,
				limit: good.wallMs / good.items,
				goal: 1.1,
			},
			memoryRow('failing-1000', memoryRise(bad)),
			stallRow('failing-1000', bad.stallMs),
		];
	});
}

/** A hundred source images of 10 MB, of which each goes into the provider's storage: a file of its own for each item, and one for all. */
export async function uploads(folder: string): Promise<Sample[]> {
	const items = 100;
	const run = async (sources: Sources) =>
		await withSandbox(SMALL, async (sandbox) => {
			const subject = ourNode(folder)(sandbox);
			const parameters = { ...subject.parameters, operation: 'imageToImage' };
			const job = { subject: { ...subject, parameters }, prompts: [INSTANT], sources };
			const warmUps = [{ subject: job.subject, items: 10 }];
			const measured = await measureOnce({ ...job, items, warmUps });
			const { requests } = await sandbox.look();
			const started = requests.filter(
				({ path, at }) => path.includes('/upload/initiate') && at >= measured.startedAt,
			);
			return { measured, uploaded: started.length };
		});
	const own = await run({ bytes: 10_000_000, isShared: false });
	const shared = await run({ bytes: 10_000_000, isShared: true });
	return [
		{ name: 'uploads-100', unit: 'requests', value: own.uploaded, limit: items, goal: 1 },
		memoryRow('uploads-100', memoryRise(own.measured)),
		stallRow('uploads-100', own.measured.stallMs),
		{ name: 'uploads-shared', unit: 'requests', value: shared.uploaded, limit: 1, goal: 1 },
	];
}
