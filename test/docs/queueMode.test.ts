import { parse } from 'yaml';

import {
	PLACES,
	type Process,
	REDIS_ARGUMENTS,
	SETTINGS,
	SHARED_FOLDER,
	SHARED_FOLDER_SETTINGS,
} from '../../sandbox/queueMode/settings';
import { codesIn, readText, tableUnder } from './markdown';

interface Service {
	readonly image: string;
	readonly command?: string | readonly string[];
	readonly environment: Readonly<Record<string, string>>;
	readonly volumes: readonly string[];
	readonly stop_grace_period?: string;
}

interface ComposeFile {
	readonly services: Readonly<Record<string, Service>>;
	readonly volumes: Readonly<Record<string, null>>;
}

const page = 'docs/queue-mode.md';
const readCompose = (name: string) =>
	parse(readText(`docs/queue-mode/${name}.yaml`), { merge: true, strict: true }) as ComposeFile;

const { services, volumes } = readCompose('compose');
const shared = readCompose('shared-folder');

/** The services that run n8n, and the role of each. */
const processes: Readonly<Record<string, Process>> = {
	main: 'main',
	webhooks: 'webhooks',
	worker1: 'worker',
	worker2: 'worker',
};
const commands: Readonly<Record<Process, string | undefined>> = {
	main: undefined,
	webhooks: 'webhook',
	worker: 'worker',
};

it('the compose files have the same processes as the tests', () => {
	expect(Object.keys(services).sort()).toEqual(
		[...Object.keys(processes), 'postgres', 'redis'].sort(),
	);
	expect(Object.keys(shared.services).sort()).toEqual(Object.keys(processes).sort());
});

describe.each(Object.entries(processes))('%s', (name, process) => {
	const service = services[name];

	it('is started like in the tests, with the same settings', () => {
		expect(service?.command).toBe(commands[process]);
		const entries = Object.entries(service?.environment ?? {});
		const places: readonly string[] = PLACES;
		const settings = entries.filter(([key]) => !places.includes(key));
		expect(Object.fromEntries(settings)).toEqual(SETTINGS[process]);
		expect(entries.map(([key]) => key)).toEqual(expect.arrayContaining([...places]));
	});

	it('has more time to stop than n8n needs', () => {
		const seconds = 60 * Number(/^(\d+)m$/.exec(service?.stop_grace_period ?? '')?.[1]);
		expect(seconds).toBeGreaterThan(Number(SETTINGS[process]['N8N_GRACEFUL_SHUTDOWN_TIMEOUT']));
	});

	it('has its own folder for n8n, and shares the folder for files if configured to', () => {
		expect(service?.volumes).toContain(`${name}:/home/node/.n8n`);
		const { [SHARED_FOLDER]: folder, ...settings } = shared.services[name]?.environment ?? {};
		expect(settings).toEqual(SHARED_FOLDER_SETTINGS);
		expect(shared.services[name]?.volumes).toEqual([`./storage:${folder}`]);
	});
});

it('Redis is started like in the tests', () => {
	expect(services['redis']?.command).toEqual(['redis-server', ...REDIS_ARGUMENTS]);
});

it('every named volume is declared', () => {
	const used = Object.values(services).flatMap(({ volumes: mounts }) =>
		mounts.filter((mount) => !mount.startsWith('.')).map((mount) => mount.split(':')[0]),
	);
	expect([...new Set(used)].sort()).toEqual(Object.keys(volumes).sort());
});

it('the page explains every setting of n8n', () => {
	const explained = tableUnder(page, 'Settings').rows.flatMap(([cell = '']) => codesIn(cell));
	const values = [...Object.values(SETTINGS), SHARED_FOLDER_SETTINGS];
	const given = [
		...values.flatMap((settings) => Object.entries(settings).map((pair) => pair.join('='))),
		SHARED_FOLDER,
	];
	const missing = given.filter((setting) => !explained.some((code) => code.startsWith(setting)));
	expect(missing).toEqual([]);
});
