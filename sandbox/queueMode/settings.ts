/**
 * What n8n needs to know in queue mode, process by process. docs/queue-mode/compose.yaml has the same
 * settings, which a test compares, and docs/queue-mode.md the reasons.
 */

/** The processes of a deployment. */
export type Process = 'main' | 'webhooks' | 'worker';

/** Where the database and the queue are, what the keys are, and where n8n is reached: other ones in each deployment. */
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

/** What is the same in all processes. */
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

/** What is other where files are kept in a folder that all processes share. */
export const SHARED_FOLDER_SETTINGS = { N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem' };

/** The setting with the path of that folder. */
export const SHARED_FOLDER = 'N8N_STORAGE_PATH';

/** Redis writes every job down, so that a restart loses none. */
export const REDIS_ARGUMENTS = ['--appendonly', 'yes'];
