/**
 * n8n's settings in queue mode for each process. docs/queue-mode/compose.yaml has the same settings, which a
 * test compares. docs/queue-mode.md explains them.
 */

/** The processes of a deployment. */
export type Process = 'main' | 'webhooks' | 'worker';

/** The addresses of the database, the queue and n8n, and the keys, which differ in each deployment. */
export const PLACES = [
	'DB_POSTGRESDB_HOST',
	'DB_POSTGRESDB_PORT',
	'DB_POSTGRESDB_DATABASE',
	'DB_POSTGRESDB_USER',
	'DB_POSTGRESDB_PASSWORD',
	'QUEUE_BULL_REDIS_HOST',
	'QUEUE_BULL_REDIS_PORT',
	'N8N_ENCRYPTION_KEY',
	'WEBHOOK_URL',
	'N8N_EDITOR_BASE_URL',
] as const;

export type Places = Partial<Record<(typeof PLACES)[number], string>>;

/** The settings that all processes share. */
const SHARED = {
	EXECUTIONS_MODE: 'queue',
	DB_TYPE: 'postgresdb',
	QUEUE_BULL_REDIS_TIMEOUT_THRESHOLD: '60000',
	N8N_GRACEFUL_SHUTDOWN_TIMEOUT: '900',
	N8N_DEFAULT_BINARY_DATA_MODE: 'database',
	OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
	N8N_REINSTALL_MISSING_PACKAGES: 'true',
};

/** The settings of each process. */
export const SETTINGS: Readonly<Record<Process, Readonly<Record<string, string>>>> = {
	main: { ...SHARED, N8N_DISABLE_PRODUCTION_MAIN_PROCESS: 'true' },
	webhooks: SHARED,
	worker: { ...SHARED, QUEUE_HEALTH_CHECK_ACTIVE: 'true' },
};

/** The differences if files are kept in a folder that all processes share. */
export const SHARED_FOLDER_SETTINGS = { N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem' };

/** The setting with the path of that folder. */
export const SHARED_FOLDER = 'N8N_STORAGE_PATH';

/** Redis writes every job to disk, so that a restart loses none. */
export const REDIS_ARGUMENTS = ['--appendonly', 'yes'];
