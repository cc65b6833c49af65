import { brotliDecompressSync, gunzipSync, inflateSync } from 'zlib';

import { encodedReply, gatewayReply } from '../../../checks/faults/harm';

const reply = {
	status: 200,
	headers: { 'content-type': 'application/json', 'content-length': '13' },
	body: Buffer.from('{"task":"a1"}'),
};

it.each([
	['gzip', gunzipSync],
	['br', brotliDecompressSync],
	['deflate', inflateSync],
] as const)('%s: intact, truncated and garbage', (encoding, decode) => {
	const right = encodedReply(reply, encoding, 'none');
	expect(decode(right.body).toString()).toBe('{"task":"a1"}');
	expect(right.headers).toEqual({
		'content-type': 'application/json',
		'content-encoding': encoding,
	});
	for (const damage of ['cut', 'garbage', 'label'] as const) {
		expect(() => decode(encodedReply(reply, encoding, damage).body)).toThrow();
	}
});

it('is plain if only the label is wrong', () => {
	const { body, headers } = encodedReply(reply, 'br', 'label');
	expect([body.toString(), headers['content-encoding']]).toEqual(['{"task":"a1"}', 'br']);
});

it.each([
	['html', 'text/html', /<h1>502<\/h1>/],
	['text', 'text/plain; charset=UTF-8', /^error code: 502$/],
	['json', 'application/json', /^\{"message":/],
	['empty', undefined, /^$/],
] as const)('a gateway answers as %s', (body, contentType, text) => {
	const answer = gatewayReply(502, body);
	expect([answer.status, answer.headers['content-type']]).toEqual([502, contentType]);
	expect(answer.body.toString()).toMatch(text);
});
