import { Failure } from '../../nodes/ZImage/errors/failure';
import { assertReachable, mayFollow, mayVisit, toBaseUrl } from '../../nodes/ZImage/http/urls';
import { failureOf } from '../support/failureOf';

describe('toBaseUrl', () => {
	const own = 'https://api.novita.ai';
	const key = 'sk_0123456789abcdef';

	it.each<[unknown, string]>([
		[undefined, own],
		[null, own],
		['', own],
		[' \n', own],
		// The provider's own host, however it is written, means its own address.
		['https://api.novita.ai/', own],
		['\thttps://api.novita.ai ', own],
		['HTTPS://API.NOVITA.AI:443//', own],
		['http://api.novita.ai', own],
		['https://api.novita.ai/v3', own],
		['https://api.novita.ai/v3/openai/', own],
		['https://api.novita.ai:8443', 'https://api.novita.ai:8443'],
		['https://api.novita.ai.example', 'https://api.novita.ai.example'],
		// Any other host keeps its path.
		['https://gateway.example/novita', 'https://gateway.example/novita'],
		['https://gateway.example/v1/', 'https://gateway.example/v1'],
		['https://gateway.example/a/b//', 'https://gateway.example/a/b'],
		['https://gateway.example//a//', 'https://gateway.example//a'],
		['HTTPS://Gateway.Example/', 'https://gateway.example'],
		['http://localhost:5678', 'http://localhost:5678'],
		['http://[::1]:5678/', 'http://[::1]:5678'],
		[`https://a.example/${'b'.repeat(1982)}`, `https://a.example/${'b'.repeat(1982)}`],
	])('%j is %s', (given, expected) => {
		expect(toBaseUrl(given, 'Base URL', own)).toBe(expected);
	});

	const noUrl = 'The Base URL of the credential must be an http or https URL';
	const more =
		'The Base URL of the credential must not have a user name, a password, a query or a fragment';

	it.each<[unknown, string]>([
		[key, noUrl],
		['queue.fal.run', noUrl],
		['localhost:5678', noUrl],
		[`ftp://${key}`, noUrl],
		[`shttp://${key}`, noUrl],
		[`${key}:https://a.example`, noUrl],
		['file:///etc', noUrl],
		['//host', noUrl],
		['https://', noUrl],
		[7, noUrl],
		[{ url: key }, noUrl],
		// An expression may return a list whose text would be a URL.
		[['https://gateway.example'], noUrl],
		[`https://${key}@api.novita.ai`, more],
		[`https://user:${key}@gateway.example`, more],
		[`https://gateway.example/?api_key=${key}`, more],
		[`https://gateway.example/#${key}`, more],
		[
			`https://a.example/${'b'.repeat(1983)}`,
			'The Base URL of the credential must have at most 2000 characters (got 2001)',
		],
	])('refuses %j, and shows none of it', (given, message) => {
		const failure = failureOf(() => toBaseUrl(given, 'Base URL', own));
		const { details } = failure;
		expect(failure).toStrictEqual(new Failure(message));
		expect(details.description).toContain('Open the credential and set it');
		expect(details.description).not.toContain(key);
	});

	it('says where a key in it belongs', () => {
		const { details } = failureOf(() =>
			toBaseUrl(`https://a.example/?key=${key}`, 'Base URL', own),
		);
		expect(details.description).toContain('The key belongs in API Key only.');
	});

	it('says which field it is, and where', () => {
		expect(() => toBaseUrl(key, 'Storage URL', own)).toThrow(
			expect.objectContaining({
				message: 'The Storage URL of the credential must be an http or https URL',
				details: {
					kind: 'key',
					description: expect.stringContaining('Open the credential') as unknown,
				},
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
		// Private ones only if the user's own server is private.
		['https://10.0.0.7/a.png', secure, false],
		['https://169.254.169.254/latest/meta-data', secure, false],
		['https://minio/a.png', secure, false],
		['http://10.0.0.7:9000/a.png', 'http://10.0.0.5', true],
		['http://minio:9000/a.png', 'http://gateway:8080', true],
		['http://[::1]:9000/a.png', local, true],
		['https://files.corp.example/a.png', 'http://10.0.0.5', true],
		// Link-local ones only if they are the user's own server.
		['http://169.254.169.254/latest/meta-data', local, false],
		['http://2852039166/', local, false],
		['http://[::ffff:169.254.169.254]/', local, false],
		['http://[64:ff9b::a9fe:a9fe]/', local, false],
		['http://[fd00:ec2::254]/', local, false],
		['http://[fe80::1]/', local, false],
		['http://metadata.google.internal/', local, false],
		['http://metadata/', local, false],
		['http://169.254.1.2:81/a.png', 'http://169.254.1.2:80', true],
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
		['https://a.example/1', 'https://[2606:4700::1111]/', cloud, true],
		['https://a.example/1', 'https://[3fff::1]/', cloud, true],
		['https://a.example/1', 'https://198.17.0.1/', cloud, true],
		['https://a.example/1', 'https://192.0.1.1/', cloud, true],
		['https://a.example/1', 'https://223.255.255.254/', cloud, true],
		['https://a.example/1', 'https://10.example/', cloud, true],
		['https://a.example/1', 'https://10.0.0.1.example/', cloud, true],
		['https://a.example/1', 'https://localhost.example/', cloud, true],
		['https://a.example/1', 'no URL', cloud, false],
		['http://127.0.0.1:8801/1', 'http://127.0.0.1:8806/2', 'http://127.0.0.1:8801', true],
		['http://127.0.0.1:8801/1', 'http://127.0.0.2:8806/2', 'http://127.0.0.1:8801', false],
		['http://192.168.1.5/1', 'http://192.168.1.5/2', 'http://192.168.1.5:8188', true],
		['http://192.168.1.5/1', 'http://192.168.1.6/2', 'http://192.168.1.5:8188', false],
		['http://192.168.1.5/1', 'http://169.254.169.254/2', 'http://192.168.1.5:8188', false],
		['http://localhost/1', 'http://localhost./2', 'http://localhost', true],
		['http://a.example/1', 'http://127.0.0.1/2', 'http://localhost', false],
	])('from %s to %s, with %s: %s', (from, to, ownUrl, expected) => {
		expect(mayFollow(from, to, ownUrl)).toBe(expected);
	});

	it.each([
		'0.0.0.0',
		'0',
		'10.1',
		'012.1.2.3',
		'127.0.0.1.',
		'0177.0.0.1',
		'2130706433',
		'127.0.0x1',
		'１２７.０.０.１',
		'192.0.0.192',
		'198.18.0.1',
		'198.19.255.255',
		'224.0.0.1',
		'255.255.255.255',
		'localhost..',
		'ⓛocalhost',
		'redis',
		'redis.',
		'printer.local',
		'metadata.google.internal.',
		'n8n.svc.cluster.local',
		'router.home.arpa',
		'[::127.0.0.1]',
		'[::ffff:0:127.0.0.1]',
		'[0:0:0:0:0:0:0:1]',
		'[2002:7f00:1::]',
		'[2001::1]',
		'[2001:0:53aa:64c:0:1:2:3]',
		'[febf::1]',
		'[fec0::1]',
		'[ff02::1]',
		'[100::1]',
		'[64:ff9b:1::7f00:1]',
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
	])("%s isn't a host on the public internet", (host) => {
		expect(mayFollow('https://a.example/1', `https://${host}/2`, cloud)).toBe(false);
		expect(mayVisit(`https://${host}/2`, cloud)).toBe(false);
	});
});

describe('assertReachable', () => {
	const cloud = 'https://api.example/v1';
	const check = (url: string, ownUrl: string) => () =>
		assertReachable(new URL(url), ownUrl, 'Zip URL', 'fal');

	it.each([
		['https://a.example/b.zip', cloud],
		['http://127.0.0.1:8806/b.zip', 'http://127.0.0.1:8801'],
		['http://nas.local/b.zip', 'http://192.168.1.7:8080'],
		['https://a.example/b.zip', 'http://localhost:8801'],
	])('accepts %s for a credential at %s', (url, ownUrl) => {
		expect(check(url, ownUrl)).not.toThrow();
	});

	it.each([
		['http://127.0.0.1:8806/b.zip?key=1', 'http://127.0.0.1:8806'],
		['http://localhost/b.zip', 'http://localhost'],
		['https://nas.local/b.zip', 'https://nas.local'],
		['https://192.168.1.7/b.zip', 'https://192.168.1.7'],
		['http://[::1]/b.zip', 'http://[::1]'],
	])('refuses %s for a provider on the internet', (url, origin) => {
		expect(check(url, cloud)).toThrow(
			new Failure(`Zip URL must be a public address that fal can download from (got ${origin})`),
		);
	});
});
