/** One part of a multipart body. */
export interface Part {
	readonly name: string | undefined;
	readonly fileName: string | undefined;
	readonly contentType: string | undefined;
	readonly bytes: Buffer;
}

const HEADER_END = '\r\n\r\n';

/** The parts of a multipart body: form-data, related or mixed. The first line is the boundary. [RFC 2046, 5.1] */
export function partsOf(body: Buffer): Part[] {
	const boundary = body.subarray(0, body.indexOf('\r\n'));
	const parts: Part[] = [];
	if (!boundary.toString('latin1').startsWith('--')) return parts;
	for (let at = boundary.length + 2; ;) {
		const end = body.indexOf(boundary, at);
		const contentStart = body.indexOf(HEADER_END, at) + HEADER_END.length;
		if (end === -1 || contentStart < at) return parts;
		const headers = body.toString('utf8', at, contentStart);
		parts.push({
			name: /[;\s]name="([^"]*)"/i.exec(headers)?.[1],
			fileName: /filename="([^"]*)"/i.exec(headers)?.[1],
			contentType: /^content-type:\s*(\S+)/im.exec(headers)?.[1],
			bytes: body.subarray(contentStart, end - 2),
		});
		at = end + boundary.length + 2;
	}
}
