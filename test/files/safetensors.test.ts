import { headerEnd, safetensorsFault, wholeBytes } from '../../nodes/ZImage/files/safetensors';
import { makeSafetensors } from '../support/safetensors';

const whole = makeSafetensors(64);
const end = headerEnd(whole, whole.length) ?? 0;

/** A file with a given header. */
function withHeader(header: string, claimedLength = header.length): Buffer {
	const length = Buffer.alloc(8);
	length.writeBigUInt64LE(BigInt(claimedLength));
	return Buffer.concat([length, Buffer.from(header)]);
}

it('nothing is wrong with a complete file, of which only the beginning is needed', () => {
	expect(safetensorsFault(whole, whole.length)).toBeUndefined();
	expect(safetensorsFault(whole.subarray(0, end), whole.length)).toBeUndefined();
});

it.each<[string, Buffer, string]>([
	['nothing', Buffer.alloc(0), 'its header is missing'],
	['a few bytes', Buffer.from('abc'), 'its header is missing'],
	['HTML', Buffer.from('<!DOCTYPE html><title>Sign in</title>'), "it's a web page"],
	['HTML after an empty line', Buffer.from('\n<html><body>'), "it's a web page"],
	['an error in JSON', Buffer.from('{"error":"Unauthorized"}'), "it's a JSON text"],
	['a ZIP', Buffer.from('PK\x03\x04abcdefgh'), "it's a ZIP archive or a PyTorch file"],
	['a GGUF', Buffer.from('GGUF\x03\0\0\0{'), "it's a GGUF file"],
	[
		'a Git LFS pointer',
		Buffer.from('version https://git-lfs.github.com/spec/v1\n'),
		"it's a Git LFS pointer",
	],
	['an image', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), 'its header is missing'],
	['a header longer than the file', withHeader('{}', 1000), 'its header is missing'],
	['a header longer than any', withHeader('{}', 100_000_001), 'its header is missing'],
	["a header that isn't JSON", withHeader('{"a":'), 'its header is missing'],
	['a header without weights', withHeader('{"__metadata__":{}}'), 'it has no weights'],
	['a weight without an offset', withHeader('{"a":{"dtype":"F32"}}'), 'it has no weights'],
	['a weight that is null', withHeader('{"a":null}'), 'it has no weights'],
	[
		'a file that is cut off',
		whole.subarray(0, -1),
		`it's cut off after ${whole.length - 1} of ${whole.length} bytes`,
	],
])('%s', (_, bytes, fault) => {
	expect(safetensorsFault(bytes, bytes.length)).toBe(fault);
});

it('a header tells the size of the whole file, however much of it is there', () => {
	expect(wholeBytes(whole)).toBe(whole.length);
	expect(wholeBytes(whole.subarray(0, end))).toBe(whole.length);
	expect(wholeBytes(whole.subarray(0, end - 1))).toBeUndefined();
	expect(wholeBytes(whole, end - 1)).toBeUndefined();
	expect(wholeBytes(withHeader('{"__metadata__":{}}'))).toBe(0);
	expect(wholeBytes(Buffer.from('<!DOCTYPE html>'))).toBeUndefined();
});
