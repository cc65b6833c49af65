import { ZodError } from 'zod';

import { knownJson } from '../../nodes/ZImage/tasks/taskItem';
import type {
	HttpAnswer,
	ImageReference,
	Provider,
	Submitted,
	SucceededTask,
	TaskState,
} from '../../nodes/ZImage/providers/provider';
import { providers } from '../../nodes/ZImage/providers/registry';
import type { Task } from '../../nodes/ZImage/tasks/task';
import { answer } from '../support/fakeClient';
import { startMs } from '../support/recordingClock';
import { bodiesLike, documentedBodies } from './bodies';
import { check, holdsFor } from './choices';
import { readUpload } from '../support/uploadCalls';

type Status = TaskState['status'];

interface Parser {
	readonly parse: (answer: HttpAnswer) => TaskState;
	/** Names of the fixtures that are responses to its call. */
	readonly fixtures: RegExp;
	readonly statuses: readonly Status[];
}

/** Providers whose submit returns the whole task, in whatever state it is. */
const submitStatuses: Readonly<Record<string, readonly Status[]>> = {
	wavespeed: ['pending', 'succeeded', 'failed', 'unknown'],
	replicate: ['pending', 'succeeded', 'failed', 'unknown'],
};

/** Every parser of a provider. */
function parsersOf(provider: Provider): Record<string, Parser> {
	const { parseSubmit, tasks } = provider;
	const { parseStatus, parseResult } = tasks ?? {};
	return {
		parseSubmit: {
			parse: (given) => {
				const submitted = parseSubmit(given);
				checkSubmitted(submitted, tasks !== undefined);
				return submitted.state;
			},
			fixtures: provider.id in submitStatuses ? /^(submit|task)/ : /^(submit|generation)/,
			statuses: submitStatuses[provider.id] ?? (tasks ? ['pending'] : ['succeeded', 'failed']),
		},
		...(parseStatus && {
			parseStatus: {
				parse: (given) => parseStatus(given, 'task'),
				fixtures: /^(status|task|job(?!List))/,
				statuses: parseResult
					? ['pending', 'ended', 'unknown']
					: ['pending', 'succeeded', 'failed', 'unknown'],
			},
		}),
		...(parseResult && {
			parseResult: {
				parse: ({ body }) => {
					// The status code depends on the body, so that the same body always gets the same verdict.
					const statusCode = Object.keys(Object(body) as object).length % 3 === 0 ? 422 : 200;
					return parseResult(answer(statusCode, body));
				},
				fixtures: /^(result|error)/,
				statuses: ['pending', 'succeeded', 'failed'],
			},
		}),
	};
}

const isText = (value: unknown) => typeof value === 'string' && value !== '';
const isNullOr = (type: 'boolean' | 'number' | 'string', value: unknown) =>
	value === null || typeof value === type;

function checkImage(image: ImageReference): void {
	const { width, height, nsfw, expiresInSeconds } = image;
	const sources = ['url', 'inline', 'call'].filter((source) => source in image);
	check(sources.length === 1, 'An image that is nowhere, or in several places');
	if ('url' in image) {
		check(isText(image.url), 'An image without a URL');
		check(!image.url.startsWith('data:'), 'A URL that holds the image itself');
	}
	if ('inline' in image) {
		check(image.inline.startsWith('data:'), 'An inline image that is no data: URI');
	}
	if ('call' in image) {
		check(isText(image.call.path), 'A call that goes nowhere');
	}
	check(isNullOr('number', width) && isNullOr('number', height), 'An invalid size');
	check(isNullOr('boolean', nsfw), 'An invalid flag');
	check(expiresInSeconds === null || Number.isSafeInteger(expiresInSeconds), 'A wrong lifetime');
}

function checkSubmitted({ taskId }: Submitted, hasTasks: boolean): void {
	check(hasTasks ? isText(taskId) : taskId === null, 'A task without an ID');
}

function checkState(state: TaskState): void {
	switch (state.status) {
		case 'pending':
			check(!('taskId' in state), 'A state with an ID of its own');
			check(typeof state.queued === 'boolean', 'Neither queued nor not');
			return;
		case 'ended':
			check(state.error === undefined || isText(state.error), 'An error without words');
			return;
		case 'succeeded':
			check(state.images.length > 0, 'A success without an image');
			state.images.forEach(checkImage);
			check(state.prompt === null || isText(state.prompt), 'An invalid prompt');
			check(Number.isFinite(state.costUsd ?? 0) && (state.costUsd ?? 0) >= 0, 'An invalid cost');
			return;
		case 'failed':
			check(typeof state.reason === 'string', 'A failure without a reason');
			return;
		case 'unknown':
			check(typeof state.value === 'string', 'An unknown state without a name');
			return;
		case 'ask':
			check(/^\//.test(state.call.path), 'A call without a path');
	}
}

const task: Task = {
	provider: 'fal',
	model: null,
	taskId: 'a',
	submittedAt: null,
	prompt: null,
	seed: null,
	loras: null,
	estimatedCostUsd: null,
};

/** The same body with a `data:` URI in place of each URL. */
function withInlineImages(body: unknown): unknown {
	const text = JSON.stringify(body) ?? 'null';
	return JSON.parse(text.replace(/"https:[^"]*"/g, '"data:image/png;base64,AA=="'));
}

/** What an item can't be made of. The node makes the items of all images the same way. */
function itemError(state: SucceededTask): string | undefined {
	try {
		for (const image of state.images) {
			knownJson(task, state, image, { imageIndex: 0, imageCount: 1 }, startMs);
		}
		return undefined;
	} catch (error) {
		return String(error);
	}
}

describe.each<Provider>([...providers])('$id', (provider) => {
	const { id } = provider;
	const foreign = providers.filter((other) => other.id !== id).map((other) => other.id);

	if (provider.files?.upload) {
		it('the response to an upload: returns texts or zod’s error for any body', () => {
			const place = { upload_url: 'https://a.example/b?c=d', file_url: 'https://a.example/b.png' };
			const [taken = place] = documentedBodies(id, /^upload/);
			let places = 0;
			holdsFor(bodiesLike([taken, taken, ...documentedBodies(id).slice(0, 3)]), (body) => {
				try {
					const texts = readUpload(provider, answer(200, body));
					check(texts.every(isText), 'A file or a place without a URL');
					places += 1;
				} catch (error) {
					if (!(error instanceof ZodError)) throw error;
				}
			});
			expect(places).toBeGreaterThan(1000);
		});
	}

	describe.each(Object.entries(parsersOf(provider)))('%s', (_, parser) => {
		const own = documentedBodies(id, parser.fixtures);
		const others = [id, ...foreign].flatMap((other) => documentedBodies(other).slice(0, 3));
		const bodies = bodiesLike([
			...own,
			...own,
			...own,
			...own,
			...own.map(withInlineImages),
			...others,
		]);
		const seen = new Map<string, number>();
		/** How many images were at a URL, in the response itself, and behind a call. */
		const places = { url: 0, inline: 0, call: 0 };
		/** The first bad body of each kind. Separate tests report them. */
		const amiss: { seed?: unknown; item?: unknown } = {};

		it('returns a known state or zod’s error for any body', () => {
			holdsFor(bodies, (body) => {
				let state: TaskState;
				try {
					state = parser.parse(answer(200, body));
				} catch (error) {
					if (!(error instanceof ZodError)) throw error;
					seen.set('ZodError', (seen.get('ZodError') ?? 0) + 1);
					return;
				}
				seen.set(state.status, (seen.get(state.status) ?? 0) + 1);
				check(parser.statuses.includes(state.status), `The state ${state.status}`);
				checkState(state);
				if (state.status !== 'succeeded') return;
				for (const image of state.images) {
					if ('url' in image) places.url += 1;
					if ('inline' in image) places.inline += 1;
					if ('call' in image) places.call += 1;
				}
				if (state.seed !== null && !Number.isSafeInteger(state.seed)) amiss.seed ??= body;
				if (itemError(state) !== undefined) amiss.item ??= body;
			});
		});

		it('has seen each of its states often', () => {
			const wanted = parser.statuses.filter((status) => (seen.get(status) ?? 0) < 500);
			expect({ wanted, seen: Object.fromEntries(seen) }).toMatchObject({ wanted: [] });
		});

		it('has seen images at URLs and images in the response, or none at all', () => {
			const isFinal = parser.statuses.includes('succeeded');
			// sd-server's responses never contain a URL, and ComfyUI's only its own files.
			const isFile = id === 'comfyui';
			if (isFile) expect(places.call > 500).toBe(isFinal);
			expect(places.url > 500).toBe(isFinal && !isFile && id !== 'sdcpp');
			expect(places.inline > 500).toBe(isFinal && !isFile);
		});

		it('has seeds that are safe integers, or none', () => {
			expect(amiss.seed).toBeUndefined();
		});

		it('has images that can become items', () => {
			expect(amiss.item).toBeUndefined();
		});
	});

	it('errorText: returns a text or nothing for any body', () => {
		let texts = 0;
		holdsFor(bodiesLike(documentedBodies(id)), (body) => {
			const text = provider.errorText(body);
			check(text === undefined || typeof text === 'string', 'Neither a text nor nothing');
			if (text !== undefined) texts += 1;
		});
		expect(texts).toBeGreaterThan(1000);
	});
});
