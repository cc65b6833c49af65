import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { FIXED_PORTS, HOSTS, PROVIDERS, keyOwner } from '../../sandbox/emulator/hosts';

const FOLDERS = join(__dirname, '../../sandbox/emulator/providers');

describe('the table of hosts', () => {
	it('has a folder for each provider, beside what Novita and Highway API share', () => {
		expect(readdirSync(FOLDERS).sort()).toEqual([...PROVIDERS, 'v3Async'].sort());
	});

	it('gives each host a port of its own', () => {
		expect(new Set(Object.values(FIXED_PORTS)).size).toBe(HOSTS.length);
	});

	it('says whose key a host accepts', () => {
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
