import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import outsidePorts from '../../sandbox/outside/ports.json';
import ports from '../../sandbox/ports.json';
import { FIXED_PORTS, HOSTS, PROVIDERS, keyOwner } from '../../sandbox/emulator/hosts';

const FOLDERS = join(__dirname, '../../sandbox/emulator/providers');

describe('the table of hosts', () => {
	it('has a folder for each provider, and one that Novita and Highway API share', () => {
		expect(readdirSync(FOLDERS).sort()).toEqual([...PROVIDERS, 'v3Async'].sort());
	});

	it('gives each host its own port, separate from those of n8n and of its other services', () => {
		const all = [FIXED_PORTS, ports, outsidePorts].flatMap((table) => Object.values(table));
		expect(all.filter((port, index) => all.indexOf(port) !== index)).toEqual([]);
	});

	it('returns whose key a host accepts', () => {
		expect(HOSTS.map((host) => [host, keyOwner(host)])).toEqual([
			['fal', 'fal'],
			['falSync', 'fal'],
			['novita', 'novita'],
			['highway', 'highway'],
			['aimlapi', 'aimlapi'],
			['sdcpp', 'sdcpp'],
			['openaiCompatible', 'openaiCompatible'],
			['comfyui', 'comfyui'],
			['files', undefined],
			['hub', undefined],
			['wavespeed', 'wavespeed'],
			['replicate', 'replicate'],
		]);
	});
});
