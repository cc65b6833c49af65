import type { IExecuteFunctions, IHttpRequestOptions, IWebhookFunctions } from 'n8n-workflow';

type N8nHelpers = IExecuteFunctions['helpers'];

/** The helpers of n8n; what is called with a host takes any of those here. */
interface Helpers extends Omit<N8nHelpers, 'httpRequestWithAuthentication'> {
	httpRequestWithAuthentication(
		this: unknown,
		credentialType: string,
		options: IHttpRequestOptions,
	): Promise<unknown>;
}

/**
 * What the package needs of n8n while a node runs, but for the node's parameters: those are read in one place of each
 * node, before anything is done with them.
 */
export interface Host extends Pick<
	IExecuteFunctions,
	| 'addExecutionHints'
	| 'continueOnFail'
	| 'getContext'
	| 'getCredentials'
	| 'getExecutionCancelSignal'
	| 'getExecutionId'
	| 'getInputData'
	| 'getNode'
	| 'getWorkflow'
	| 'getWorkflowDataProxy'
	| 'logger'
	| 'sendMessageToUI'
> {
	readonly helpers: Helpers;
	/** Missing in n8n before 1.123. */
	readonly getExecutionDataById?: IExecuteFunctions['getExecutionDataById'];
}

/** What is needed of n8n to send a request and to keep a file. */
export type FileHost = Pick<Host, 'getExecutionCancelSignal' | 'helpers'>;

/** What is needed of n8n to send a request with a credential. */
export type RequestHost = Pick<Host, 'getExecutionCancelSignal'> & {
	readonly helpers: Pick<Helpers, 'httpRequestWithAuthentication'>;
};

/** What is used of n8n's answer to a call from outside, whose own type comes with a package that isn't here. */
export interface Reply {
	readonly statusCode: number;
	status(code: number): { end(): void };
	once(event: 'finish', listener: () => void): void;
}

/** What is needed of n8n to note which tasks were reported by calls from outside. */
export type ReportHost = Pick<
	IWebhookFunctions,
	'getMode' | 'getNode' | 'getResponseObject' | 'getWorkflow' | 'getWorkflowStaticData'
>;

/** What a node's parameters are read from. */
export type ParameterHost = Pick<
	IExecuteFunctions,
	'getInputData' | 'getNode' | 'getNodeParameter'
>;

/**
 * The versions of a node. In the first one, parameters that are rarely changed are in front; since the second one, they are
 * in the collection Options, and what the node does is its parameter Operation.
 */
export const nodeVersions = [1, 1.1];

/** Whether a node is of before the second version. */
export function isFirstVersion(host: Pick<Host, 'getNode'>): boolean {
	return host.getNode().typeVersion < 1.1;
}

/**
 * A host for what is done outside of an execution, such as a list for the editor or a call from outside: nothing stops it
 * but its time.
 */
export function outsideExecution<T extends object>(
	context: T,
): Pick<Host, 'getExecutionCancelSignal'> & T {
	return Object.create(context, {
		getExecutionCancelSignal: { value: () => undefined },
	}) as Pick<Host, 'getExecutionCancelSignal'> & T;
}

/** Whether the node is a tool of an AI agent: n8n makes a type of its own for it. */
export function isTool(host: Pick<Host, 'getNode'>): boolean {
	return host.getNode().type.endsWith('Tool');
}
