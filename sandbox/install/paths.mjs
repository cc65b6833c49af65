import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** The root of the project. */
export const PROJECT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The folder of the real n8n, with its own package.json and lock file. */
export const N8N_FOLDER = path.join(PROJECT, 'sandbox', 'n8n');

/** The folder of the official clients, which also has both. */
export const CLIENTS_FOLDER = path.join(PROJECT, 'checks', 'clients');

/** The commands of the project's packages, its own Node among them. */
export const PROJECT_BIN = path.join(PROJECT, 'node_modules', '.bin');

/** The Node that runs everything except the installation. */
export const PROJECT_NODE = path.join(
	PROJECT_BIN,
	process.platform === 'win32' ? 'node.cmd' : 'node',
);
