import type { ICredentialDataDecryptedObject, INodeParameters } from 'n8n-workflow';

/** A node to measure. */
export interface Subject {
	/** The folder of a built package, which has the credential's type. */
	readonly packageFolder: string;
	/** A node of the package, or `bareLoop`, which is in no package. */
	readonly nodeName: string;
	readonly parameters: INodeParameters;
	/** The one credential of the node. */
	readonly credential: {
		readonly type: string;
		readonly data: ICredentialDataDecryptedObject;
	};
	/** URLs that are fixed in the node, and where the requests to them go instead. */
	readonly redirect?: Readonly<Record<string, string>>;
	/** Every item fails. The run goes on and puts the errors out, as n8n's setting On Error: Continue does. */
	readonly isFailing?: true;
}

/** Source images in the binary field `data` of the items. */
export interface Sources {
	/** Size of each image. */
	readonly bytes: number;
	/** Whether all items have the same file. */
	readonly isShared: boolean;
}

export interface WarmUp {
	readonly subject: Subject;
	readonly items: number;
}

/** What a measuring process is to do. */
export interface Job {
	readonly subject: Subject;
	/** Prompts of the items, one after the other and then again from the first. */
	readonly prompts: readonly string[];
	/** Items of each measured run, one after the other in one process. */
	readonly runs: readonly number[];
	/** Default: the items have no files. */
	readonly sources?: Sources;
	/** How many executions with so many items are run at once. Default: 1. */
	readonly executions?: number;
	/** Runs before, with tasks that take no time, which are not measured. */
	readonly warmUps: readonly WarmUp[];
}

/** When a file was in n8n's binary store, in milliseconds since 1970. */
export interface Arrival {
	readonly taskId: string;
	readonly at: number;
}

/** What one run took. */
export interface Measured {
	/** Of all executions. */
	readonly items: number;
	readonly images: number;
	/** Items of the output that say what failed. */
	readonly failures: number;
	/** When the run began, in milliseconds since 1970. */
	readonly startedAt: number;
	readonly wallMs: number;
	/** Processor time of the process. */
	readonly cpuMs: number;
	/** Resident memory before the run, after a garbage collection. */
	readonly idleBytes: number;
	/** The most resident memory during the run. */
	readonly peakBytes: number;
	/** The longest that the event loop did not turn. */
	readonly stallMs: number;
	readonly arrivals: readonly Arrival[];
}
