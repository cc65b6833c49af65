/** A real safetensors file with one weight of this many bytes, as training tools write them. */
export function makeSafetensors(weightBytes = 64, more: object = {}): Buffer {
	const header = Buffer.from(
		JSON.stringify({
			__metadata__: { format: 'pt' },
			'transformer.layers.0.lora_A.weight': {
				dtype: 'U8',
				shape: [weightBytes],
				data_offsets: [0, weightBytes],
			},
			...more,
		}),
	);
	const length = Buffer.alloc(8);
	length.writeBigUInt64LE(BigInt(header.length));
	return Buffer.concat([length, header, Buffer.alloc(weightBytes, 7)]);
}
