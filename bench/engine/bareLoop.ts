import type { IDataObject, IExecuteFunctions, INodeExecutionData, INodeType } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

const CREDENTIAL = 'zImageFalApi';
const AT_ONCE = 10;

type ByteStream = Parameters<IExecuteFunctions['helpers']['prepareBinaryData']>[0];

async function makeImage(context: IExecuteFunctions, prompt: string): Promise<INodeExecutionData> {
	const { baseUrl } = await context.getCredentials<{ baseUrl: string }>(CREDENTIAL);
	const call = async (method: 'GET' | 'POST', path: string, body?: IDataObject) =>
		(await context.helpers.httpRequestWithAuthentication.call(context, CREDENTIAL, {
			method,
			url: `${baseUrl}${path}`,
			json: true,
			...(body && { body }),
		})) as { request_id: string; status: string; images: Array<{ url: string }> };
	const { request_id: taskId } = await call('POST', '/fal-ai/z-image/turbo', { prompt });
	const task = `/fal-ai/z-image/requests/${taskId}`;
	while ((await call('GET', `${task}/status`)).status !== 'COMPLETED');
	const [image] = (await call('GET', task)).images;
	const stream = (await context.helpers.httpRequest({
		url: image?.url ?? '',
		encoding: 'stream',
	})) as ByteStream;
	const data = await context.helpers.prepareBinaryData(stream, `${taskId}.png`, 'image/png');
	return { json: { taskId }, binary: { data } };
}

/**
 * The least that a node can do for an image: the requests themselves, one after the other without a
 * check or a wait, by n8n's own HTTP helper, ten items at once.
 */
export const bareLoop: INodeType = {
	description: {
		displayName: 'Bare Loop',
		name: 'bareLoop',
		group: ['transform'],
		version: 1,
		description: '',
		defaults: { name: 'Bare Loop' },
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
				results[index] = await makeImage(this, json['prompt'] as string);
			}
		};
		await Promise.all(Array.from({ length: AT_ONCE }, work));
		return [results];
	},
};
