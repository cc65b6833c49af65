import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import type { Clock } from '../../nodes/ZImage/http/clock';
import type { CredentialData } from '../../test/support/credentialsHelper';
import type { Step } from '../../test/support/runWorkflow';
import { runWorkflow } from '../../test/support/runWorkflow';
import type { Input } from './subject';

/** What the node came to. */
export interface Execution {
	/** Items of each output. */
	readonly outputs: INodeExecutionData[][];
	readonly error: NodeFailure | undefined;
	/** The texts of its hints. */
	readonly hints: readonly string[];
	/** Everything that n8n would store of the execution. */
	readonly stored: string;
}

/** The parts of an n8n error that the check uses. */
export interface NodeFailure {
	readonly message: string;
	readonly description?: string | null;
	readonly context: IDataObject;
}

/**
 * Runs one of the nodes on some items in the real engine of n8n.
 * @param cancelWhen the execution is stopped once this is fulfilled
 */
export async function execute(
	settings: Step,
	{ items, inputBinary }: Input,
	credentials: CredentialData,
	clock: Clock,
	cancelWhen?: Promise<void>,
): Promise<Execution> {
	const { outputs, error, hints, stored } = await runWorkflow({
		steps: [settings],
		items: [...items],
		...(inputBinary && { inputBinary }),
		credentials,
		clock,
		...(cancelWhen && { cancelWhen }),
	});
	return {
		outputs,
		error: error as NodeFailure | undefined,
		hints: hints.map(({ message }) => message),
		stored,
	};
}
