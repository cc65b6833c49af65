import type { Provider } from '../../nodes/ZImage/providers/provider';
import type { ProviderId } from '../../nodes/ZImage/providers/registry';
import { findProvider } from '../../nodes/ZImage/providers/registry';
import { aimlapiAnswers } from './answers/aimlapi';
import type { ExpectedAnswers } from './answers/expected';
import { comfyuiAnswers } from './answers/comfyui';
import { falAnswers } from './answers/fal';
import { replicateAnswers } from './answers/replicate';
import { openaiCompatibleAnswers } from './answers/openaiCompatible';
import { sdcppAnswers } from './answers/sdcpp';
import { highwayAnswers, novitaAnswers } from './answers/v3Async';
import { wavespeedAnswers } from './answers/wavespeed';

/** A provider as the live check sees it. */
export interface Subject {
	readonly id: ProviderId;
	readonly provider: Provider;
	/** Environment variables that may hold the key. The first one that is set is used. */
	readonly keyNames: readonly string[];
	/** The cheapest documented size. */
	readonly size: { readonly width: number; readonly height: number };
	/** The documented default file type. Unset if none is documented. */
	readonly contentType?: string;
	readonly answers: ExpectedAnswers;
	/** The account's balance in US dollars, if the response to the credential test contains it. */
	readonly balanceUsd?: (body: unknown) => number | undefined;
}

const square = (side: number) => ({ width: side, height: side });

function valueAt(body: unknown, name: string): unknown {
	const entries = typeof body === 'object' && body !== null ? Object.entries(body) : [];
	return entries.find(([key]) => key === name)?.[1];
}

function numberAt(body: unknown, name: string): number | undefined {
	const text = valueAt(body, name);
	const number = typeof text === 'string' || typeof text === 'number' ? Number(text) : Number.NaN;
	return Number.isFinite(number) ? number : undefined;
}

const details = {
	fal: {
		keyNames: ['Z_IMAGE_FAL_KEY', 'FAL_KEY'],
		// The smallest named size. The documentation doesn't say that smaller ones work.
		size: square(512),
		contentType: 'image/png',
		answers: falAnswers,
	},
	wavespeed: {
		keyNames: ['Z_IMAGE_WAVESPEED_KEY', 'WAVESPEED_API_KEY'],
		size: square(256),
		contentType: 'image/jpeg',
		answers: wavespeedAnswers,
		balanceUsd: (body) => numberAt(valueAt(body, 'data'), 'balance'),
	},
	replicate: {
		keyNames: ['Z_IMAGE_REPLICATE_KEY', 'REPLICATE_API_TOKEN'],
		size: square(64),
		contentType: 'image/jpeg',
		answers: replicateAnswers,
	},
	novita: {
		keyNames: ['Z_IMAGE_NOVITA_KEY', 'NOVITA_API_KEY'],
		size: square(256),
		answers: novitaAnswers,
		balanceUsd: (body) => {
			const tenThousandths = numberAt(body, 'availableBalance');
			return tenThousandths === undefined ? undefined : tenThousandths / 10_000;
		},
	},
	highway: {
		keyNames: ['Z_IMAGE_HIGHWAY_KEY'],
		size: square(256),
		contentType: 'image/webp',
		answers: highwayAnswers,
	},
	aimlapi: {
		keyNames: ['Z_IMAGE_AIMLAPI_KEY', 'AIMLAPI_API_KEY'],
		size: square(512),
		contentType: 'image/png',
		answers: aimlapiAnswers,
		balanceUsd: (body) => numberAt(body, 'current_balance'),
	},
	comfyui: {
		// The token of the proxy in front of the server.
		keyNames: ['Z_IMAGE_COMFYUI_KEY'],
		size: square(512),
		contentType: 'image/png',
		answers: comfyuiAnswers,
	},
	sdcpp: {
		// The token of the proxy in front of the server.
		keyNames: ['Z_IMAGE_SDCPP_KEY'],
		size: square(512),
		contentType: 'image/png',
		answers: sdcppAnswers,
	},
	openaiCompatible: {
		keyNames: ['Z_IMAGE_OPENAICOMPATIBLE_KEY'],
		size: square(512),
		answers: openaiCompatibleAnswers,
	},
} as const satisfies Readonly<Record<ProviderId, Omit<Subject, 'id' | 'provider'>>>;

/** All providers that the nodes support. */
export const subjects: readonly Subject[] = Object.entries(details).map(([name, detail]) => {
	const id = name as ProviderId;
	const provider = findProvider(id);
	if (!provider) throw new Error(`The nodes have no provider ${id}`);
	return { id, provider, ...detail };
});

export const subjectIds: readonly string[] = subjects.map(({ id }) => id);
