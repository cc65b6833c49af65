import { z } from 'zod';
import type { LoraStyle } from '../picture/picture';
import { Random } from '../picture/random';

/** The width of the layer with the weights. A real one is 3840 wide. */
const WIDTH = 32;
const BYTES_PER_NUMBER = 4;
/** GUESS: the names of the tensors, which are ai-toolkit's. */
const LAYER = 'diffusion_model.layers.0.attention.to_q';

/** A metadata name that only the sandbox uses. */
const STYLE = 'sandbox_style';

/** A small LoRA in safetensors format, from which the sandbox can read the learned style again. */
export function writeWeights(
	style: LoraStyle,
	rank: number,
	metadata: Readonly<Record<string, string>>,
): Buffer {
	const bytes = rank * WIDTH * BYTES_PER_NUMBER;
	const tensor = (shape: readonly number[], from: number) => ({
		dtype: 'F32',
		shape,
		data_offsets: [from, from + bytes],
	});
	const json = JSON.stringify({
		// Its values must be strings.
		__metadata__: { format: 'pt', ...metadata, [STYLE]: JSON.stringify(style) },
		[`${LAYER}.lora_A.weight`]: tensor([rank, WIDTH], 0),
		[`${LAYER}.lora_B.weight`]: tensor([WIDTH, rank], bytes),
	});
	const header = Buffer.from(json.padEnd(Math.ceil(Buffer.byteLength(json) / 8) * 8, ' '));
	const length = Buffer.alloc(8);
	length.writeBigUInt64LE(BigInt(header.length));
	const random = new Random(json);
	const numbers = Float32Array.from({ length: 2 * rank * WIDTH }, () => random.between(-0.1, 0.1));
	return Buffer.concat([length, header, Buffer.from(numbers.buffer)]);
}

const rgb = z.tuple([z.number(), z.number(), z.number()]);
const header = z.object({ __metadata__: z.object({ [STYLE]: z.string() }) });
const styleSchema = z.object({ palette: z.array(rgb).nonempty(), images: z.number() });

/** The style in weights that the sandbox wrote. Undefined for any other file. */
export function readStyle(weights: Buffer): LoraStyle | undefined {
	try {
		const end = 8 + Number(weights.readBigUInt64LE());
		const { __metadata__ } = header.parse(JSON.parse(weights.subarray(8, end).toString()));
		return styleSchema.parse(JSON.parse(__metadata__[STYLE]));
	} catch {
		return undefined;
	}
}
