import {
	brotliCompressSync,
	deflateSync,
	gzipSync,
	zstdCompressSync,
	type InputType,
} from 'node:zlib';

/** A gateway's own response, from a server in front of the provider. */
export type GatewayBody = 'empty' | 'html' | 'json' | 'text';

export type Encoding = 'br' | 'deflate' | 'gzip' | 'zstd';

/** How an encoded response is damaged. `label`: it isn't encoded at all. */
export type Damage = 'cut' | 'garbage' | 'label' | 'none';

/** What happens to one request or to its response in transit. */
export type Harm =
	/** The provider itself has the fault, as a token in sandbox/README.md. */
	| { readonly kind: 'provider'; readonly fault: string }
	/** The gateway answers; `isPassedOn`: after the provider has had the request, so that a submit is accepted. */
	| {
			readonly kind: 'gateway';
			readonly status: number;
			readonly body: GatewayBody;
			readonly isPassedOn: boolean;
	  }
	| { readonly kind: 'reset'; readonly isPassedOn: boolean }
	/** The true answer comes late, in real time. */
	| { readonly kind: 'late'; readonly ms: number }
	| { readonly kind: 'encoding'; readonly encoding: Encoding; readonly damage: Damage };

/** A response on its way to the nodes. */
export interface Reply {
	readonly status: number;
	readonly headers: Readonly<Record<string, string[] | string | undefined>>;
	readonly body: Buffer;
}

/** Bodies like those of nginx, Cloudflare and AWS API Gateway. None looks like a provider's. */
const bodies: Readonly<Record<GatewayBody, (status: number) => readonly [string, string]>> = {
	empty: () => ['', ''],
	html: (status) => [
		'text/html',
		`<html><head><title>${status}</title></head><body><center><h1>${status}</h1></center><hr><center>nginx</center></body></html>`,
	],
	json: () => ['application/json', '{"message":"Endpoint request timed out"}'],
	text: (status) => ['text/plain; charset=UTF-8', `error code: ${status}`],
};

/** The gateway's own response. */
export function gatewayReply(status: number, body: GatewayBody): Reply {
	const [contentType, text] = bodies[body](status);
	return {
		status,
		headers: contentType === '' ? {} : { 'content-type': contentType },
		body: Buffer.from(text),
	};
}

const encoders: Readonly<Record<Encoding, (bytes: InputType) => Buffer>> = {
	br: brotliCompressSync,
	deflate: deflateSync,
	gzip: gzipSync,
	zstd: zstdCompressSync,
};

function spoil(plain: Buffer, encoding: Encoding, damage: Damage): Buffer {
	const encoded = encoders[encoding](plain);
	switch (damage) {
		case 'none':
			return encoded;
		case 'cut':
			return encoded.subarray(0, Math.floor(encoded.length / 2));
		case 'garbage':
			return Buffer.alloc(encoded.length, 0xa7);
		case 'label':
			return plain;
	}
}

/** All headers except one. */
export function withoutHeader(headers: Reply['headers'], name: string): Reply['headers'] {
	return Object.fromEntries(Object.entries(headers).filter(([other]) => other !== name));
}

/** A response with a `Content-Encoding`. */
export function encodedReply(reply: Reply, encoding: Encoding, damage: Damage): Reply {
	const headers = withoutHeader(reply.headers, 'content-length');
	const body = spoil(reply.body, encoding, damage);
	return { ...reply, headers: { ...headers, 'content-encoding': encoding }, body };
}
