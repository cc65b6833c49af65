import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { Failure } from '../errors/failure';
import { toNodeError } from '../errors/nodeError';
import { systemClock } from '../http/clock';
import { toNetworkError } from '../http/networkError';
import { openUrl } from '../http/open';
import { readBody } from '../http/readBody';
import { huggingFaceUrl } from '../lora/hub';
import { modelsQuery, nextCursor, readModels } from './models';
import { ownServer, searchServer } from './searchServer';
import { toName } from '../values';

/** The user waits for the list in the editor. */
const timeoutMs = 15_000;

/** The longest list that is read: many times the size of a page. */
const maxListBytes = 8 * 1024 * 1024;

/** @returns `undefined` if it isn't JSON */
function parseList(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return undefined;
	}
}

/** Without dashes, and with the advice in the message: the editor shows little else of an error. */
function unreachable(reason: string, httpCode?: number): Failure {
	return new Failure(
		`Hugging Face could not be reached (${reason}). Choose By ID or By URL, or use a preset of Apply LoRA Preset.`,
		{
			kind: 'unavailable',
			description: 'The address is in the option Hugging Face URL.',
			...(httpCode !== undefined && { httpCode }),
		},
	);
}

function noAnswer(error: unknown): Failure {
	const code = toNetworkError(error)?.code;
	if (code === 'EMSGSIZE') {
		return unreachable(`its response is larger than ${maxListBytes / 1024 / 1024} MiB`);
	}
	return unreachable(code ?? (error instanceof Error ? error.message : String(error)));
}

/** The hub's address. A row's path is one of the node's, so the option is found by its full name. */
function readHubUrl(context: ILoadOptionsFunctions): string {
	const text =
		toName(context.getCurrentNodeParameter('options.hubUrl'), 'Hugging Face URL') ?? huggingFaceUrl;
	const url = URL.canParse(text) ? new URL(text) : undefined;
	if (!url || !/^https?:$/.test(url.protocol)) {
		throw new Failure('The option Hugging Face URL must be an http or https URL', {
			description: `Remove the option, or set it to ${huggingFaceUrl} or to the address of a mirror.`,
		});
	}
	return `${url.origin}${url.pathname.replace(/(?<!\/)\/+$/, '')}`;
}

async function searchHub(
	context: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	const query = modelsQuery(filter?.trim(), paginationToken);
	const hubUrl = readHubUrl(context);
	const request = {
		method: 'GET',
		url: `${hubUrl}/api/models?${query}`,
		headers: { Accept: 'application/json' },
		ownUrl: hubUrl,
	} as const;
	const options = {
		clock: systemClock,
		signal: new AbortController().signal,
		// The user retries by typing.
		maxAttempts: 1,
		deadline: Infinity,
		timeoutMs,
	};
	const {
		statusCode,
		headers,
		value: body,
	} = await openUrl(context, request, options, async (answer) =>
		parseList(await readBody(answer.body, maxListBytes)),
	).catch((error: unknown) => {
		throw noAnswer(error);
	});
	if (statusCode !== 200) throw unreachable(`HTTP ${statusCode}`, statusCode);
	const results = readModels(body);
	if (!results) throw unreachable("its response isn't a list of models");
	const cursor = nextCursor(headers.link);
	return { results, ...(cursor !== undefined && { paginationToken: cursor }) };
}

/**
 * The LoRAs for the list of a LoRA's path in the editor: those of the user's own server if the node's provider is
 * one, otherwise those for Z-Image Turbo on Hugging Face, which is queried without a key.
 * @param filter the user's search text, which is matched against the names
 * @param paginationToken of the page before
 * @throws NodeApiError or NodeOperationError when the list isn't available, with the other ways to choose a LoRA
 */
export async function searchLoras(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	const server = ownServer(this);
	const found = server
		? searchServer(this, server, 'loras', filter)
		: searchHub(this, filter, paginationToken);
	return await found.catch((error: unknown) => {
		throw toNodeError(this.getNode(), error, 0);
	});
}
