import type { ImageSource } from '../provider';

const base64Text = /^[\w+/=\s-]*$/;

/**
 * A `data:` URI as the node reads it, in base64. Source: https://www.rfc-editor.org/rfc/rfc2397 A payload that
 * could be base64 is treated as base64, labeled or not: the bytes of an image never look like it.
 */
function toBase64(uri: string): string {
	const comma = uri.indexOf(',');
	if (comma < 0) return 'data:,';
	const head = `data:${uri.slice('data:'.length, comma)}`;
	const encoded = uri.slice(comma + 1);
	const payload = encoded.replace(/%([\da-f]{2})/gi, (_, code: string) =>
		String.fromCharCode(Number.parseInt(code, 16)),
	);
	if (payload === '' || /;base64$/i.test(head.replace(/\s/g, ''))) return `${head},${payload}`;
	const data = base64Text.test(payload)
		? payload
		: Buffer.from(payload, 'latin1').toString('base64');
	return `${head};base64,${data}`;
}

/** The image behind a response's URL. Some providers return a `data:` URI instead. */
export function imageAt(url: string): ImageSource {
	return /^data:/i.test(url) ? { inline: toBase64(url) } : { url };
}

/** An image in base64, or a `data:` URI in its place. */
export function imageInBase64(base64: string): ImageSource {
	return imageAt(
		/^data:/i.test(base64) ? base64 : `data:application/octet-stream;base64,${base64}`,
	);
}
