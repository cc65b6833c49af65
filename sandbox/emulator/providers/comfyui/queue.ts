import type { Context } from '../../context';
import type { InputImage } from '../../inputs/inputImage';
import { noInputs } from '../../inputs/inputs';
import { TaskStore, type Phase } from '../../tasks';
import { NodeCache } from './cache';
import type { Disk } from './disk';
import { evaluate, type Step } from './evaluate';
import { failureMessage, failureOf, type JobFailure } from './failure';
import type { Graph } from './graph';
import type { Job, JobRun, JobTask } from './job';
import type { ReadFile, World } from './nodes/nodeClass';
import { PythonError } from './python';
import type { Sockets } from './sockets';

/** [execution.py: MAXIMUM_HISTORY_SIZE] */
const MOST_HISTORY = 10_000;

/** What comes with a prompt. */
export interface Submit {
	readonly id: string | undefined;
	readonly graph: Graph;
	readonly ends: readonly string[];
	readonly extraData: Readonly<Record<string, unknown>>;
	readonly number: number;
}

/**
 * The queue and its only worker. Nothing happens in the background: at each request, `settle()` brings
 * everything up to date, in the order in which it would have happened. [execution.py @04e2a91: PromptQueue,
 * PromptExecutor]
 */
export class PromptQueue {
	private readonly tasks: TaskStore<Job>;
	private readonly unfinished = new Map<string, JobTask>();
	private readonly history = new Map<string, JobTask>();
	private readonly cache = new NodeCache();

	constructor(
		private readonly context: Context,
		private readonly disk: Disk,
		private readonly world: World,
		private readonly sockets: Sockets,
	) {
		this.tasks = new TaskStore(context, 'comfyui');
		context.onReset(() => this.restart());
	}

	add({ id, graph, ends, extraData, number }: Submit, prompt: string): JobTask {
		const { steps, failure } = evaluate(graph, ends, this.world);
		const isInstant =
			failure === undefined && steps.every((step) => this.cache.has(step.signature));
		const job: Job = {
			number,
			graph,
			ends,
			extraData,
			createdAt: Date.now(),
			inputs: noInputs(),
			seen: 'queued',
			messages: [],
			outputs: new Map(),
		};
		const task = this.tasks.add(prompt, job, { isInstant, ...(id !== undefined && { id }) });
		this.unfinished.set(task.id, task);
		this.tellStatus();
		return task;
	}

	/** The job with that ID, if the server knows it. */
	find(id: string): JobTask | undefined {
		return this.history.get(id) ?? this.unfinished.get(id);
	}

	/** A request for one job: returns the job's state, and counts for `polls=N`. */
	poll(task: JobTask): void {
		task.data.seen = this.tasks.poll(task);
		this.settle();
	}

	open(): JobTask[] {
		return [...this.unfinished.values()];
	}

	ended(): JobTask[] {
		return [...this.history.values()];
	}

	isRunning(task: JobTask): boolean {
		return task.data.result === undefined && this.phase(task) === 'running';
	}

	get info(): object {
		return { exec_info: { queue_remaining: this.unfinished.size } };
	}

	/** Removes a waiting job. */
	remove(id: string): boolean {
		const task = this.unfinished.get(id);
		if (task === undefined || this.isRunning(task)) return false;
		this.tasks.cancel(task);
		this.unfinished.delete(id);
		this.tellStatus();
		return true;
	}

	/** Stops the job with that ID, or without an ID whatever runs. */
	interrupt(id?: string): boolean {
		const running = this.open().filter((task) => this.isRunning(task));
		const stopped = running.filter((task) => id === undefined || task.id === id);
		for (const task of stopped) this.tasks.cancel(task);
		this.settle();
		return stopped.length > 0;
	}

	forget(id: string): void {
		this.history.delete(id);
	}

	forgetAll(): void {
		this.history.clear();
	}

	/** Brings every job up to date, in the order of their work. */
	settle(): void {
		for (const task of this.open().sort(
			(one, other) => one.slot.startedAt - other.slot.startedAt,
		)) {
			// A restart has forgotten the rest.
			if (this.unfinished.get(task.id) !== task) continue;
			const phase = this.phase(task);
			if (phase === 'queued') continue;
			const run = (task.data.run ??= this.start(task));
			if (phase === 'done') this.finish(task, run);
			else this.tellProgress(task, run, this.stepsDone(task, run));
		}
	}

	/** A restart: queue, history and cache are lost. */
	private restart(): void {
		for (const task of this.open()) this.tasks.cancel(task);
		this.unfinished.clear();
		this.history.clear();
		this.cache.clear();
	}

	private phase(task: JobTask): Phase {
		const { steering, cancelled, data } = task;
		const isPolled = steering.polls !== undefined && !steering.never && !cancelled;
		return isPolled ? data.seen : this.tasks.phase(task);
	}

	private start(task: JobTask): JobRun {
		const { graph, ends } = task.data;
		const evaluation = evaluate(graph, ends, this.world);
		const isCached = ({ signature }: Step) => this.cache.has(signature);
		const run: JobRun = {
			startedAt: Date.now(),
			evaluation,
			cached: evaluation.steps.filter(isCached),
			todo: evaluation.steps.filter((step) => !isCached(step)),
			progress: 0,
		};
		task.data.inputs.image = this.noteInput('image', evaluation.image);
		task.data.inputs.mask = this.noteInput('mask', evaluation.mask);
		this.log(task, 'execution_start', { prompt_id: task.id });
		const nodes = run.cached.map(({ id }) => id);
		this.log(task, 'execution_cached', { nodes, prompt_id: task.id });
		for (const step of before(run.todo, samplerOf(run))) this.tellNode(task, step);
		const sampler = samplerOf(run);
		if (sampler !== undefined) this.tellNode(task, sampler);
		return run;
	}

	private finish(task: JobTask, run: JobRun): void {
		if (task.steering.isForgotten && !task.cancelled) return this.restart();
		this.unfinished.delete(task.id);
		const failure = failureOf(task) ?? this.save(task, run);
		if (failure === undefined) {
			this.log(task, 'execution_success', { prompt_id: task.id });
		} else {
			const done = before(run.todo, failure.at);
			for (const { signature } of done) this.cache.set(signature, []);
			this.log(
				task,
				...failureMessage(
					task,
					failure,
					done.map(({ id }) => id),
				),
			);
		}
		task.data.result = failure === undefined ? 'success' : 'error';
		this.history.delete(task.id);
		this.history.set(task.id, task);
		const [oldest] = this.history.keys();
		if (this.history.size > MOST_HISTORY && oldest !== undefined) this.history.delete(oldest);
		this.tellStatus();
		this.tell(task, 'executing', { node: null, prompt_id: task.id });
	}

	/** Lets every remaining node do its work. Nodes that were computed before keep their files. */
	private save(task: JobTask, run: JobRun): JobFailure | undefined {
		const { id, steering, data } = task;
		const sampler = samplerOf(run);
		if (sampler !== undefined) this.tellProgress(task, run, run.evaluation.samplerSteps);
		const rest = run.todo.slice(sampler === undefined ? 0 : run.todo.indexOf(sampler) + 1);
		for (const step of run.evaluation.steps) {
			const isCached = run.cached.includes(step);
			if (rest.includes(step)) this.tellNode(task, step);
			if (step.saves === undefined) {
				if (!isCached) this.cache.set(step.signature, []);
				continue;
			}
			const { images, prefix, type } = step.saves;
			try {
				const files = isCached
					? this.cache.files(step.signature)
					: this.disk.save(images, prefix, type, { taskId: id, steering });
				this.cache.set(step.signature, files);
				if (isCached && steering.isCachedWithoutOutputs) continue;
				data.outputs.set(step.id, files);
				const output = { images: files };
				this.tell(task, 'executed', {
					node: step.id,
					display_node: step.id,
					output,
					prompt_id: id,
				});
			} catch (error) {
				if (!(error instanceof PythonError)) throw error;
				return { kind: 'error', at: step, error };
			}
		}
		return undefined;
	}

	/** How many sampler steps were possible in its time. */
	private stepsDone({ slot }: JobTask, { startedAt, evaluation }: JobRun): number {
		const share = (Date.now() - startedAt) / (slot.doneAt - startedAt);
		return Math.floor(Math.max(0, Math.min(1, share)) * evaluation.samplerSteps);
	}

	private tellProgress(task: JobTask, run: JobRun, upTo: number): void {
		const sampler = samplerOf(run);
		if (sampler === undefined) return;
		const max = run.evaluation.samplerSteps;
		while (run.progress < upTo) {
			const value = (run.progress += 1);
			this.tell(task, 'progress', { value, max, prompt_id: task.id, node: sampler.id });
		}
	}

	private tellNode(task: JobTask, { id }: Step): void {
		this.tell(task, 'executing', { node: id, display_node: id, prompt_id: task.id });
	}

	/** Notifies the client that sent the prompt, if it has given its name. */
	private tell({ data }: JobTask, event: string, message: object): void {
		const clientId = data.extraData['client_id'];
		if (typeof clientId === 'string') this.sockets.send(event, message, clientId);
	}

	/** The same, and adds it to the history. */
	private log(task: JobTask, event: string, data: Record<string, unknown>): void {
		const message = { ...data, timestamp: Date.now() };
		task.data.messages.push([event, message]);
		this.tell(task, event, message);
	}

	private tellStatus(): void {
		this.sockets.send('status', { status: this.info });
	}

	/** Records the input images, for the sandbox's users. */
	private noteInput(field: string, file: ReadFile | undefined): InputImage | null {
		const bytes = this.context.inputBytes.get(file?.sha256 ?? '')?.bytes;
		if (file?.sha256 === undefined || bytes === undefined) return null;
		const { sha256, drawing } = file;
		const { width, height } = drawing;
		const image: InputImage = {
			provider: 'comfyui',
			field,
			from: 'upload',
			bytes: bytes.length,
			sha256,
			width,
			height,
		};
		this.context.inputImages.push(image);
		return image;
	}
}

const samplerOf = ({ todo }: JobRun): Step | undefined =>
	todo.find(({ classType }) => classType === 'KSampler');

/** The steps before a given one, or all of them if it isn't there. */
function before(steps: readonly Step[], at: { readonly id: string } | undefined): readonly Step[] {
	const index = steps.findIndex(({ id }) => id === at?.id);
	return index === -1 ? steps : steps.slice(0, index);
}
