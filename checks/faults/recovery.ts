import type { IDataObject } from 'n8n-workflow';

import type { Clock } from '../../nodes/ZImage/http/clock';
import type { CredentialData } from '../../test/support/credentialsHelper';
import { readComesOut, type Failed } from './comesOut';
import { execute, type Execution } from './execution';
import type { Scenario } from './scenario';

/** The result of fetching a failure's image after the fault was over. */
export interface Recovery {
	/** Unset if the image arrived. */
	readonly problem?: string;
	/** Unset if no node was needed. */
	readonly execution?: Execution;
}

const image = /^(\xff\xd8\xff|\x89PNG|RIFF)/;

async function fetchUrl(url: unknown): Promise<Recovery> {
	if (typeof url !== 'string') return { problem: 'there is no URL of the image' };
	const answer = await fetch(url);
	const bytes = Buffer.from(await answer.arrayBuffer());
	const isImage = answer.ok && image.test(bytes.subarray(0, 4).toString('latin1'));
	return isImage ? {} : { problem: `the URL answers HTTP ${answer.status}` };
}

/** Fetches a failure's image with only the data in the failure. */
export async function recover(
	{ subject }: Scenario,
	{ item }: Failed,
	credentials: CredentialData,
	clock: Clock,
): Promise<Recovery> {
	// A synchronous provider has no task to fetch, but a link.
	if (!subject.hasTasks) return await fetchUrl(((item.details ?? item) as IDataObject).url);
	const execution = await execute(
		{
			type: 'zImageGetTaskResult',
			parameters: {
				provider: subject.id,
				taskId: '={{ $json.taskId }}',
				mode: 'wait',
				options: {
					timeoutSeconds: 86_400,
					...(subject.product === 'lora' && { downloadWeights: true }),
				},
			},
		},
		{ items: [item] },
		credentials,
		clock,
	);
	if (readComesOut(execution).images.has(0)) return { execution };
	return { problem: `Get Task Result says: ${execution.error?.message}`, execution };
}
