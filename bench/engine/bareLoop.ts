import type {
	IExecuteFunctions,
	IHttpRequestOptions,
	INodeExecutionData,
	INodeType,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

const CREDENTIAL = 'zImageFalApi';
const AT_ONCE = 10;

type ByteStream = Parameters<IExecuteFunctions['helpers']['prepareBinaryData']>[0];

/** Sends a call with the node's credential. The response is JSON unless `stream` is set. */
type Call = (
	method: 'GET' | 'POST',
	path: string,
	options?: Partial<IHttpRequestOptions>,
) => Promise<unknown>;

/** Waits until a task is done. */
type Waiting = (call: Call, taskPath: string) => Promise<void>;

async function makeImage(
	context: IExecuteFunctions,
	prompt: string,
	waitFor: Waiting,
): Promise<INodeExecutionData> {
	const { baseUrl } = await context.getCredentials<{ baseUrl: string }>(CREDENTIAL);
	const call: Call = async (method, path, options = {}) =>
		(await context.helpers.httpRequestWithAuthentication.call(context, CREDENTIAL, {
			method,
			url: `${baseUrl}${path}`,
			json: true,
			...options,
		})) as unknown;
	const submitted = await call('POST', '/fal-ai/z-image/turbo', { body: { prompt } });
	const { request_id: taskId } = submitted as { request_id: string };
	const task = `/fal-ai/z-image/requests/${taskId}`;
	await waitFor(call, task);
	const { images } = (await call('GET', task)) as { images: Array<{ url: string }> };
	const [image] = images;
	const stream = (await context.helpers.httpRequest({
		url: image?.url ?? '',
		encoding: 'stream',
	})) as ByteStream;
	const data = await context.helpers.prepareBinaryData(stream, `${taskId}.png`, 'image/png');
	return { json: { taskId }, binary: { data } };
}

function createLoop(name: string, waitFor: Waiting): INodeType {
	return {
		description: {
			displayName: name,
			name,
			group: ['transform'],
			version: 1,
			description: '',
			defaults: { name },
			inputs: [NodeConnectionTypes.Main],
			outputs: [NodeConnectionTypes.Main],
			credentials: [{ name: CREDENTIAL, required: true }],
			properties: [],
		},
		async execute() {
			const items = this.getInputData();
			const results: INodeExecutionData[] = [];
			const queue = items.entries();
			const work = async () => {
				for (const [index, { json }] of queue) {
					results[index] = await makeImage(this, json['prompt'] as string, waitFor);
				}
			};
			await Promise.all(Array.from({ length: AT_ONCE }, work));
			return [results];
		},
	};
}

/**
 * The minimum that a node can do for an image: only the requests, one after another without a check or a wait,
 * with n8n's own HTTP helper, ten items at once.
 */
export const bareLoop = createLoop('bareLoop', async (call, task) => {
	const status = async () => (await call('GET', `${task}/status`)) as { status: string };
	while ((await status()).status !== 'COMPLETED');
});

/**
 * The same, but it waits for a task with fal's status stream (server-sent events) instead of status requests.
 */
export const streamLoop = createLoop('streamLoop', async (call, task) => {
	const events = (await call('GET', `${task}/status/stream`, {
		encoding: 'stream',
		json: false,
	})) as AsyncIterable<Buffer>;
	let text = '';
	for await (const chunk of events) {
		text += chunk.toString('utf8');
		if (text.includes('"COMPLETED"')) return;
	}
});
