import type { Answer } from '../../answer';
import type { Context } from '../../context';
import type { HostName } from '../../hosts';
import type { Inputs } from '../../inputs/inputs';
import type { Steering } from '../../steering';

/** One of fal's models, or a trainer. */
export interface FalEndpoint {
	readonly id: string;
	/** In dollars. */
	readonly unitPrice: number;
	/** The unit of the price, in the words of the price list. */
	readonly unit: string;
	readonly category: 'text-to-image' | 'image-to-image' | 'training';
	/** Starts an accepted request. The files that it names are read from now on. */
	start(context: Context, host: HostName, body: unknown): FalJob;
}

/** A request as the model sees it, whether it came through the queue or directly. */
export interface FalJob {
	readonly endpoint: FalEndpoint;
	/** The body with its defaults, or the errors that its result will contain. */
	readonly checked: { readonly input: object } | { readonly error: Answer };
	readonly inputs: Inputs;
	/** How long it takes unless the prompt says otherwise. */
	readonly seconds: number;
	/** The part of a valid body that appears in the error of a failed run. */
	readonly shownInput: object;
	/** A plausible time, the same for the same request. Undefined for an invalid body. */
	inferenceSeconds(): number | undefined;
	/** What is charged, in the unit of the endpoint. */
	billableUnits(): number;
	/** The lines of the log once a share of the work, 0 to 1, is done. */
	logs(part: number): readonly string[];
	/** The result of a run that isn't asked to fail. */
	output(taskId: string, steering: Steering): Promise<Answer>;
}

/** The app of an endpoint: its owner and its name, without the path in it. [fal docs: api-reference/inference-api] */
export const appOf = ({ id }: FalEndpoint): string => id.split('/').slice(0, 2).join('/');
