import { Failure } from '../../nodes/ZImage/errors/failure';
import { assertLorasReachable } from '../../nodes/ZImage/generate/loraFiles';
import { fal } from '../../nodes/ZImage/providers/fal';

const at = (baseUrl: string, ...paths: readonly string[]) =>
	assertLorasReachable(
		{ provider: fal, baseUrl },
		paths.map((path) => ({ path, scale: 1 })),
	);

it('a LoRA on this machine is only for a sandbox on it, not for a provider on the internet', () => {
	const link = 'http://127.0.0.1:8806/files/b/1/a.safetensors';
	expect(() => at('http://127.0.0.1:8801', link)).not.toThrow();
	expect(() => at(fal.defaultBaseUrl, 'owner/name', link)).toThrow(
		new Failure(
			'The link of a LoRA must be a public address that fal can download from (got http://127.0.0.1:8806)',
		),
	);
});

it.each([
	'owner/name',
	'https://a.example/b.safetensors',
	'binary:1f2e',
	'styles/pencil.safetensors',
])('%s goes to any provider', (path) => {
	expect(() => at(fal.defaultBaseUrl, path)).not.toThrow();
});
