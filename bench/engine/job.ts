import type { ICredentialDataDecryptedObject, INodeParameters } from 'n8n-workflow';

/** A node to measure. */
export interface Subject {
	/** The folder of a built package that includes the credential's type. */
	readonly packageFolder: string;
	/** A node in the package, or `bareLoop`, which isn't in a package. */
	readonly nodeName: string;
	readonly parameters: INodeParameters;
	/** The node's only credential. */
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

/** A measuring process's task. */
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
	/** Unmeasured runs before the others, whose tasks take no time. */
	readonly warmUps: readonly WarmUp[];
}

/** When a file was in n8n's binary store, in milliseconds since 1970. */
export interface Arrival {
	readonly taskId: string;
	readonly at: number;
}

/** The measurements of one run. */
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
	/** The longest time that the event loop was blocked. */
	readonly stallMs: number;
	readonly arrivals: readonly Arrival[];
}
