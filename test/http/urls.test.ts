import { Failure } from '../../nodes/ZImage/errors/failure';
import { joinUrl, mayFollow, mayVisit } from '../../nodes/ZImage/http/urls';

describe('joinUrl', () => {
	it.each([
		['https://queue.fal.run', 'https://queue.fal.run/v3/x'],
		['https://queue.fal.run/', 'https://queue.fal.run/v3/x'],
		['https://gateway.example/novita', 'https://gateway.example/novita/v3/x'],
		['https://gateway.example/a/b//', 'https://gateway.example/a/b/v3/x'],
		['HTTPS://Gateway.Example', 'https://gateway.example/v3/x'],
		['http://localhost:5678', 'http://localhost:5678/v3/x'],
		['http://[::1]:5678/', 'http://[::1]:5678/v3/x'],
		['https://gateway.example/?key=1#top', 'https://gateway.example/v3/x'],
		['https://user:pass@gateway.example', 'https://gateway.example/v3/x'],
	])('%s', (baseUrl, expected) => {
		expect(joinUrl(baseUrl, '/v3/x')).toBe(expected);
	});

	it.each([
		'',
		'queue.fal.run',
		'localhost:5678',
		'ftp://queue.fal.run',
		'shttp://queue.fal.run',
		'file:///etc',
		'//host',
	])('refuses %j', (baseUrl) => {
		expect(() => joinUrl(baseUrl, '/v3/x')).toThrow(
			new Failure(`The Base URL "${baseUrl}" of the credential is not an http or https URL`),
		);
	});

	it('says where the Base URL is', () => {
		expect(() => joinUrl('queue.fal.run', '/v3/x')).toThrow(
			expect.objectContaining({
				details: { description: expect.stringContaining('Open the credential') as unknown },
			}) as Error,
		);
	});
});

describe('mayVisit', () => {
	const secure = 'https://api.novita.ai';
	const local = 'http://127.0.0.1:5678';

	it.each([
		['https://v3.fal.media/a.png', secure, true],
		['https://v3.fal.media/a.png', local, true],
		['HTTPS://v3.fal.media/a.png', secure, true],
		['http://v3.fal.media/a.png', secure, false],
		['http://127.0.0.1:9000/a.png', local, true],
		['http://127.0.0.1:9000/a.png', 'HTTP://localhost:5678', true],
		['file:///etc/passwd', local, false],
		['ftp://v3.fal.media/a.png', secure, false],
		['data:image/png;base64,AA==', secure, false],
		['/files/a.png', secure, false],
		['iVBORw0KGgo=', secure, false],
		['', secure, false],
	])('%s, with a base URL of %s: %s', (url, baseUrl, expected) => {
		expect(mayVisit(url, baseUrl)).toBe(expected);
	});
});

describe('mayFollow', () => {
	const cloud = 'https://api.example/v1';

	it.each<[string, string, string, boolean]>([
		['https://a.example/1', 'https://b.example/2', cloud, true],
		['http://a.example/1', 'https://b.example/2', cloud, true],
		['http://a.example/1', 'http://b.example/2', cloud, true],
		['https://a.example/1', 'http://b.example/2', cloud, false],
		['https://a.example/1', 'http://a.example/1', cloud, false],
		['https://a.example/1', 'ftp://a.example/1', cloud, false],
		['https://a.example/1', 'https://11.0.0.1/', cloud, true],
		['https://a.example/1', 'https://172.32.0.1/', cloud, true],
		['https://a.example/1', 'https://100.128.0.1/', cloud, true],
		['https://a.example/1', 'https://[2001:db8::1]/', cloud, true],
		['http://127.0.0.1:8801/1', 'http://127.0.0.1:8806/2', 'http://127.0.0.1:8801', true],
		['http://127.0.0.1:8801/1', 'http://127.0.0.2:8806/2', 'http://127.0.0.1:8801', false],
		['http://192.168.1.5/1', 'http://192.168.1.5/2', 'http://192.168.1.5:8188', true],
	])('from %s to %s, with %s: %s', (from, to, ownUrl, expected) => {
		expect(mayFollow(from, to, ownUrl)).toBe(expected);
	});

	it.each([
		'0.0.0.0',
		'10.1.2.3',
		'100.64.0.1',
		'100.127.255.255',
		'127.0.0.1',
		'127.1',
		'0x7f000001',
		'169.254.169.254',
		'172.16.0.1',
		'172.31.255.255',
		'192.168.0.1',
		'localhost',
		'LOCALHOST.',
		'files.localhost',
		'[::]',
		'[::1]',
		'[::ffff:10.0.0.1]',
		'[fc00::1]',
		'[fd12:3456::1]',
		'[fe80::1]',
		'[64:ff9b::a00:1]',
	])('%s is no host of the public internet', (host) => {
		expect(mayFollow('https://a.example/1', `https://${host}/2`, cloud)).toBe(false);
	});
});
