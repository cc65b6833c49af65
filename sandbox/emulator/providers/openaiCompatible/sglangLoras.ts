import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { jsonAnswer, type Answer } from '../../answer';
import type { Context } from '../../context';
import type { Lora } from '../../picture/picture';
import { detail, number, optional, readBody } from './fastApi';

const oneOrMore = <Type extends z.ZodTypeAny>(type: Type) =>
	z.union([type.transform((value: z.output<Type>) => [value]), z.array(type)]);

/** [sglang common_api.py: set_lora] */
const settings = z.object({
	lora_nickname: oneOrMore(z.string()),
	lora_path: optional(oneOrMore(z.string().nullable())),
	target: optional(oneOrMore(z.string())),
	strength: optional(oneOrMore(number)),
	merge_mode: optional(z.string()),
	lora_alpha: z.unknown(),
});

const merging = z.object({ target: optional(z.string()), strength: optional(number) });

interface Adapter {
	readonly nickname: string;
	readonly path: string;
	readonly strength: number;
}

const ok = (message: string): Answer => jsonAnswer(200, { status: 'ok', message });

/**
 * The LoRAs of one SGLang server. They apply to all requests until someone sets others. [sglang common_api.py;
 * docs: diffusion/api]
 */
export class SglangLoras {
	private readonly paths = new Map<string, string>();
	private set: readonly Adapter[] = [];
	private isMerged = false;

	constructor(context: Context) {
		context.onReset(() => {
			this.paths.clear();
			this.set = [];
			this.isMerged = false;
		});
	}

	/** The LoRAs for the next image. */
	get active(): Lora[] {
		return this.isMerged ? this.set.map(({ path, strength }) => ({ path, scale: strength })) : [];
	}

	set_lora(request: FastifyRequest): Answer {
		const body = readBody(request, settings);
		if ('refusal' in body) return body.refusal;
		const {
			lora_nickname: names,
			lora_path: paths = [],
			strength = [1],
			target = ['all'],
		} = body.input;
		names.forEach((name, index) => {
			const path = paths[index];
			if (typeof path === 'string') this.paths.set(name, path);
		});
		const unknown = names.find((name) => !this.paths.has(name));
		if (unknown !== undefined) {
			// GUESS: the part after the colon.
			return detail(
				500,
				`Failed to set LoRA adapter: Adapter ${unknown} not found in the pipeline. Please provide lora_path to load it.`,
			);
		}
		this.set = names.map((nickname, index) => ({
			nickname,
			path: this.paths.get(nickname) ?? '',
			strength: strength[index] ?? strength[0] ?? 1,
		}));
		this.isMerged = true;
		return ok(
			`Successfully set LoRA adapter(s): ${names.join(', ')} (target: ${target.join(', ')}, strength: ${strength.join(', ')})`,
		);
	}

	unmerge_lora_weights(): Answer {
		this.isMerged = false;
		return ok('Successfully unmerged LoRA weights (target: all)');
	}

	merge_lora_weights(request: FastifyRequest): Answer {
		const body = readBody(request, merging);
		if ('refusal' in body) return body.refusal;
		const { target = 'all', strength = 1 } = body.input;
		this.set = this.set.map((adapter) => ({ ...adapter, strength }));
		this.isMerged = true;
		return ok(`Successfully merged LoRA weights (target: ${target}, strength: ${strength})`);
	}

	list_loras(): Answer {
		return jsonAnswer(200, {
			loaded_adapters: [...this.paths].map(([nickname, path]) => ({ nickname, path })),
			active: {
				transformer: this.set.map((adapter) => ({ ...adapter, merged: this.isMerged })),
			},
		});
	}
}
