import type { ImageSource } from '../provider';

/** The image behind what an answer calls its URL; some providers put a `data:` URI there. */
export function imageAt(url: string): ImageSource {
	return url.startsWith('data:') ? { inline: url } : { url };
}
