import type { IDataObject } from 'n8n-workflow';

import type { Clock } from '../../nodes/ZImage/http/clock';
import type { CredentialData } from '../../test/support/credentialsHelper';
import { readComesOut, type Failed } from './comesOut';
import { execute, type Execution } from './execution';
import type { Scenario } from './scenario';

/** What came of fetching the image of a failure, once the fault was gone. */
export interface Recovery {
	/** Left out when the image came. */
	readonly problem?: string;
	/** Left out where no node was needed. */
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

/** Fetches the image of a failure with nothing but what the failure has returned. */
export async function recover(
	{ subject }: Scenario,
	{ item }: Failed,
	credentials: CredentialData,
	clock: Clock,
): Promise<Recovery> {
	// A synchronous provider has no task to ask for, but a link.
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
