/** Bytes before the header: its length, as an unsigned number with its lowest byte first. */
export const lengthBytes = 8;

/** The format's limit for the header. Source: https://github.com/huggingface/safetensors (MAX_HEADER_SIZE) */
const maxHeaderBytes = 100_000_000;

/** What users download by mistake instead of the file, recognized by its first bytes. */
const mistakes: ReadonlyArray<readonly [RegExp, string]> = [
	[/^\s*<(!doctype|html|\?xml|head|body)/i, "it's a web page"],
	[/^\s*[[{]\s*["[{\]}]/, "it's a JSON text"],
	[/^PK/, "it's a ZIP archive or a PyTorch file"],
	[/^GGUF/, "it's a GGUF file"],
	[/^version https:\/\/git-lfs/, "it's a Git LFS pointer"],
];

/** What is wrong with a file that isn't a safetensors file, as part of an error message. */
function noSafetensors(beginning: Buffer): string {
	const text = beginning.subarray(0, 200).toString('latin1');
	return mistakes.find(([pattern]) => pattern.test(text))?.[1] ?? 'its header is missing';
}

/** Bytes of the file until the end of its header; `undefined` if it can't be a safetensors file. */
export function headerEnd(beginning: Buffer, fileBytes: number): number | undefined {
	if (beginning.length <= lengthBytes || beginning[lengthBytes] !== 0x7b) return undefined;
	const length = beginning.readBigUInt64LE(0);
	if (length < 2n || length > BigInt(maxHeaderBytes)) return undefined;
	const end = lengthBytes + Number(length);
	return end <= fileBytes ? end : undefined;
}

/** The offset after the last byte of all weights that a header lists; `undefined` if it lists none. */
function dataEnd(header: unknown): number | undefined {
	const ends = Object.entries(Object(header) as Record<string, unknown>)
		.filter(([name]) => name !== '__metadata__')
		.map(([, tensor]) => (tensor as { data_offsets?: unknown } | null)?.data_offsets)
		.map((offsets) => (Array.isArray(offsets) ? Number(offsets[1]) : NaN));
	if (ends.length === 0 || ends.some(Number.isNaN)) return undefined;
	return ends.reduce((last, end) => Math.max(last, end), 0);
}

/**
 * The size of the whole file, as its header tells it.
 * @param beginning of the file: up to the end of its header if it has one
 * @param fileBytes the size of the file as far as it's there. Default: it isn't known
 * @returns `undefined` if there is no header that can be read; 0 if it lists no weights
 */
export function wholeBytes(beginning: Buffer, fileBytes = Infinity): number | undefined {
	const end = headerEnd(beginning, fileBytes);
	if (end === undefined) return undefined;
	try {
		const weightsEnd = dataEnd(JSON.parse(beginning.subarray(lengthBytes, end).toString()));
		return weightsEnd === undefined ? 0 : end + weightsEnd;
	} catch {
		return undefined;
	}
}

/**
 * Why a file isn't a complete safetensors file, as part of an error message. Such a file has 8 bytes with the length of the
 * header, the header in JSON with the position of each weight, and the weights.
 * Source: https://github.com/huggingface/safetensors#format
 * @param beginning of the file: up to the end of its header if it has one
 * @param fileBytes the size of the file
 * @returns `undefined` if nothing is wrong
 */
export function safetensorsFault(beginning: Buffer, fileBytes: number): string | undefined {
	const wanted = wholeBytes(beginning, fileBytes);
	if (wanted === undefined) return noSafetensors(beginning);
	if (wanted === 0) return 'it has no weights';
	return wanted > fileBytes ? `it's cut off after ${fileBytes} of ${wanted} bytes` : undefined;
}
