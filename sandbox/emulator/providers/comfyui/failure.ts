import type { Steering } from '../../steering';
import type { Step } from './evaluate';
import type { JobTask } from './job';
import { PythonError, str } from './python';

/** Why a job ends, and at which of its nodes. */
export type JobFailure =
	| { readonly kind: 'interrupted'; readonly at: NodeName }
	| { readonly kind: 'error'; readonly at: NodeName; readonly error: PythonError };

type NodeName = Pick<Step, 'id' | 'classType'>;

/** [execution.py: "ran out of memory on your GPU"] */
const MEMORY_TIP =
	'This error means you ran out of memory on your GPU.\n\nTIPS: If the workflow worked before you might have accidentally set the batch_size to a large number.';
const OUT_OF_MEMORY = 'torch.OutOfMemoryError';

/** The node at which an unsuccessful job ends: its sampler, or the first node with work to do. */
const endingNode = (todo: readonly Step[]): Step | undefined =>
	todo.find(({ classType }) => classType === 'KSampler') ?? todo[0];

/** Whether and how a job fails after its time is over. */
export function failureOf({ cancelled, steering, data }: JobTask): JobFailure | undefined {
	const { todo = [], evaluation } = data.run ?? {};
	const at = endingNode(todo);
	if (cancelled && at !== undefined) return { kind: 'interrupted', at };
	const found = evaluation?.failure;
	if (found !== undefined) return { kind: 'error', at: found, error: found.error };
	// If everything was computed before, no node runs that could fail.
	return at && steeredFailure(steering, at);
}

function steeredFailure({ fail, failAs }: Steering, at: NodeName): JobFailure | undefined {
	if (fail === undefined) return undefined;
	if (failAs === 'interrupted') return { kind: 'interrupted', at };
	const type = failAs === 'out-of-memory' ? OUT_OF_MEMORY : 'RuntimeError';
	return { kind: 'error', at, error: new PythonError(type, fail.reason) };
}

/** The error's messages. [execution.py @04e2a91: handle_execution_error] */
export function failureMessage(
	{ id, data }: JobTask,
	failure: JobFailure,
	executed: readonly string[],
): readonly [event: string, data: Record<string, unknown>] {
	const { at } = failure;
	const common = { prompt_id: id, node_id: at.id, node_type: at.classType, executed };
	if (failure.kind === 'interrupted') return ['execution_interrupted', common];
	const { type, message } = failure.error;
	const inputs = Object.entries(data.graph[at.id]?.inputs ?? {}).map(([name, value]) => [
		name,
		[Array.isArray(value) ? '<an object of the server>' : value],
	]);
	return [
		'execution_error',
		{
			...common,
			exception_message: `${message}\n${type === OUT_OF_MEMORY ? MEMORY_TIP : ''}`,
			exception_type: type,
			traceback: [
				'  File "/opt/ComfyUI/execution.py", line 496, in execute\n',
				`  File "/opt/ComfyUI/nodes.py", line 1559, in ${str(at.classType)}\n`,
			],
			current_inputs: Object.fromEntries(inputs) as object,
			current_outputs: [...(data.run?.cached ?? []).map((step) => step.id), ...executed],
		},
	];
}
