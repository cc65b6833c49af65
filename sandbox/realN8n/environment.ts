const LOOPBACK = ['localhost', '127.0.0.1', '::1'];

/** Settings of another n8n, of npm or of a test runner must not affect this one. */
const FOREIGN_SETTING =
	/^(N8N_|DB_|EXECUTIONS_|QUEUE_|WEBHOOK_|GENERIC_|CREDENTIALS_|NODES_|CODE_|npm_|JEST_|(NODE_(ENV|OPTIONS|PATH)|INIT_CWD)$)/i;

/** The shell's environment, without the settings for other programs. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
	return Object.fromEntries(
		Object.entries(process.env).filter(([name]) => !FOREIGN_SETTING.test(name)),
	);
}

/** Nothing is sent to other hosts, and no popups cover the editor. */
const QUIET_SETTINGS = {
	N8N_DIAGNOSTICS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
	N8N_TEMPLATES_ENABLED: 'false',
	N8N_PERSONALIZATION_ENABLED: 'false',
	N8N_HIRING_BANNER_ENABLED: 'false',
	N8N_DYNAMIC_BANNERS_ENABLED: 'false',
	N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
	N8N_VERIFIED_PACKAGES_ENABLED: 'false',
	N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
	// It would download a list from n8n's site.
	N8N_DISABLED_MODULES: 'mcp-registry',
	// Code nodes can run only JavaScript: n8n's npm package doesn't include the Python runner.
	N8N_PYTHON_ENABLED: 'false',
};

interface N8nFolders {
	/** Where n8n keeps its database, its key and the installed nodes, in a folder `.n8n`. */
	readonly userFolder: string;
	/** The only folder that workflows may read and write. */
	readonly filesFolder: string;
}

/** The environment of every n8n process of one user folder. */
export function n8nEnvironment({ userFolder, filesFolder }: N8nFolders): NodeJS.ProcessEnv {
	const environment = cleanEnvironment();
	const withoutProxy = [environment['NO_PROXY'] ?? environment['no_proxy'], ...LOOPBACK]
		.filter(Boolean)
		.join(',');
	return {
		...environment,
		...QUIET_SETTINGS,
		NODE_ENV: 'production',
		NO_PROXY: withoutProxy,
		no_proxy: withoutProxy,
		N8N_USER_FOLDER: userFolder,
		N8N_RESTRICT_FILE_ACCESS_TO: filesFolder,
	};
}
