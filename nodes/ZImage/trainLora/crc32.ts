/** The polynomial of zip, PNG and Ethernet, with its bits in reverse order. */
const polynomial = 0xedb88320;

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
	let value = byte;
	for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
	return value;
});

/**
 * The CRC-32 of some bytes.
 * @param before that of the bytes in front of them. Default: there are none
 */
export function crc32(bytes: Uint8Array, before = 0): number {
	let value = ~before;
	// Far faster than an iterator.
	for (let at = 0; at < bytes.length; at++) {
		value = (value >>> 8) ^ (table[(value ^ (bytes[at] ?? 0)) & 0xff] ?? 0);
	}
	return ~value >>> 0;
}
