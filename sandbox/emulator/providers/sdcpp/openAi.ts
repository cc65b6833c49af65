import { jsonAnswer } from '../../answer';
import { bodyOf } from '../../host';
import type { Flavor } from '../openaiCompatible/flavor';
import { answerTo, Refusal, sdError, sdErrorFor } from './errors';
import { failureOf, imagesOf, prepare, readFormat } from './generation';
import { valueOf } from './json';
import { findFile } from './loras';
import { readParameters, START, type Dialect } from './parameters';

const EXTRA_ARGS = /<sd_cpp_extra_args>(.*?)<\/sd_cpp_extra_args>/;

const DIALECT: Dialect = {
	findLora: findFile,
	isLoraStrict: false,
	unreadable: 'invalid sd_cpp_extra_args',
	invalid: 'invalid params',
};

/** The fields that are read. */
const READ = { prompt: '', n: 1, size: '', output_format: '', output_compression: 100 };

/** The leading number of each part, as `std::stoi` reads it. Without one, the start options. */
function readSize(size: string): { width: number; height: number } {
	const [, width, height] = /^\s*([+-]?\d+)[^x]*x\s*([+-]?\d+)/.exec(size) ?? [];
	return { width: Number(width ?? START.side), height: Number(height ?? START.side) };
}

function readExtraArgs(text: string | undefined): unknown {
	if (text === undefined || text === '') return {};
	try {
		return JSON.parse(text);
	} catch {
		throw new Refusal(DIALECT.unreadable);
	}
}

/**
 * sd-server's OpenAI-like API. Further fields are in the prompt, in a block of JSON. [sd.cpp routes_openai.cpp]
 */
export const SD_SERVER: Flavor = {
	path: '/sd-server',
	refuseKey: () => undefined,
	errorFor: sdErrorFor,
	problem: (message) => sdError(400, message),
	failure: (reason) => sdError(500, reason),
	models: { data: [{ id: 'sd-cpp-local', object: 'model', owned_by: 'local' }] },
	read: async ({ context, host }, request) => {
		try {
			const { bytes } = bodyOf(request);
			if (bytes.length === 0) return sdError(400, 'empty body');
			const body = JSON.parse(bytes.toString()) as unknown;
			const prompt = valueOf(body, 'prompt', '');
			const count = Math.max(1, valueOf(body, 'n', 1));
			const size = readSize(valueOf(body, 'size', ''));
			if (prompt === '') return sdError(400, 'prompt required');
			const format = readFormat(body);
			const [, extraArgs] = EXTRA_ARGS.exec(prompt) ?? [];
			const outer = {
				prompt: prompt.replaceAll(new RegExp(EXTRA_ARGS, 'g'), ''),
				...size,
				batch_count: count,
			};
			const parameters = readParameters(readExtraArgs(extraArgs), DIALECT, outer);
			context.noteIgnored(host, body, READ);
			const generation = await prepare(context, host, parameters, format, DIALECT);
			return async () => {
				const failure = failureOf(generation);
				if (failure !== undefined) return sdError(500, failure);
				const images = await imagesOf(context, 'sd-server', generation);
				return jsonAnswer(200, {
					created: Math.floor(Date.now() / 1000),
					data: images.map((b64_json) => ({ b64_json })),
					output_format: format,
				});
			};
		} catch (error) {
			return answerTo(error);
		}
	},
};
