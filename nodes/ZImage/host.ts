import type { IExecuteFunctions, IHttpRequestOptions, IWebhookFunctions } from 'n8n-workflow';

type N8nHelpers = IExecuteFunctions['helpers'];

/** n8n's helpers that the package uses. */
interface Helpers extends Omit<N8nHelpers, 'httpRequestWithAuthentication'> {
	httpRequestWithAuthentication(
		this: unknown,
		credentialType: string,
		options: IHttpRequestOptions,
	): Promise<unknown>;
}

/**
 * What the package needs from n8n while a node runs, except the node's parameters: each node reads those in one place
 * before it does anything with them.
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

/** What is needed from n8n to send a request and store a file. */
export type FileHost = Pick<Host, 'getExecutionCancelSignal' | 'helpers'>;

/** What is needed from n8n to send a request with a credential. */
export type RequestHost = Pick<Host, 'getExecutionCancelSignal'> & {
	readonly helpers: Pick<Helpers, 'httpRequestWithAuthentication'>;
};

/** The used part of n8n's response to an incoming call, whose type is in a package that isn't available here. */
export interface Reply {
	readonly statusCode: number;
	status(code: number): { end(): void };
	once(event: 'finish', listener: () => void): void;
}

/** What is needed from n8n to record which tasks were reported by incoming calls. */
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
 * The versions of a node. Since the second one, parameters that are rarely changed are in the collection Options, and the
 * parameter Operation determines what the node does.
 */
export const nodeVersions = [1, 1.1];

/** Whether a node was added before the second version. */
export function isFirstVersion(host: Pick<Host, 'getNode'>): boolean {
	return host.getNode().typeVersion < 1.1;
}

/**
 * A host for work outside an execution, such as a list for the editor or an incoming call: only its timeout
 * stops it.
 */
export function outsideExecution<T extends object>(
	context: T,
): Pick<Host, 'getExecutionCancelSignal'> & T {
	return Object.create(context, {
		getExecutionCancelSignal: { value: () => undefined },
	}) as Pick<Host, 'getExecutionCancelSignal'> & T;
}

/** Whether the node is a tool of an AI agent: n8n creates a separate type for it. */
export function isTool(host: Pick<Host, 'getNode'>): boolean {
	return host.getNode().type.endsWith('Tool');
}
