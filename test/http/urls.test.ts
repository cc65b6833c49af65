import { Failure } from '../../nodes/ZImage/errors/failure';
import { joinUrl, mayVisit } from '../../nodes/ZImage/http/urls';

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
