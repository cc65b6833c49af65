import type { IBinaryData, IDataObject } from 'n8n-workflow';

import { systemClock } from '../../nodes/ZImage/http/clock';
import type { ImageType } from '../../nodes/ZImage/images/imageType';
import { readImageType } from '../../nodes/ZImage/images/imageType';
import { readBinary, runWorkflow } from '../../test/support/runWorkflow';
import type { Plan } from './plan';
import { credentialOf, seed } from './plan';

/** The outcome of Generate. */
export interface Generated {
	/** Unset if Generate failed. */
	readonly json?: IDataObject;
	readonly image?: ImageType & { readonly bytes: number };
	readonly error?: string;
}

async function readImage(file: IBinaryData | undefined): Promise<Generated['image']> {
	const bytes = await readBinary(file);
	const type = readImageType(bytes);
	return type && { ...type, bytes: bytes.length };
}

/** Runs Z-Image Generate unchanged in n8n's engine, for one image. */
export async function generateOne(plan: Plan): Promise<Generated> {
	const { subject, prompt, request, timeoutSeconds } = plan;
	const { items, error } = await runWorkflow({
		steps: [
			{
				type: 'zImageGenerate',
				parameters: {
					provider: subject.id,
					prompt,
					size: `${request.width}x${request.height}`,
					options: { seed, timeoutSeconds },
				},
			},
		],
		credentials: { [subject.provider.credentialType]: { ...credentialOf(plan) } },
		clock: systemClock,
	});
	if (error) {
		return { error: [error.message, error.description].filter(Boolean).join(' ') };
	}
	const [item] = items;
	if (!item) return { error: 'Generate has put out nothing' };
	const image = await readImage(item.binary?.data);
	return { json: item.json, ...(image && { image }) };
}
