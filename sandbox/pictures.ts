import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Page, chromium } from 'playwright-core';
import { type LiveSandbox, startLiveSandbox } from './liveSandbox';
import { MAIN_EXAMPLE, readExample } from './realN8n/examples';
import { PROJECT_FOLDER } from './realN8n/paths';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const PICTURES_FOLDER = join(PROJECT_FOLDER, 'docs', 'pictures');
const VIEWPORT = { width: 1440, height: 900 };
const RUN_WITHIN_MS = 120_000;
/** Long enough for the editor's animations and for pictures to be decoded. */
const SETTLE_MS = 1_200;

const CHROMIUM_ARGUMENTS = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];

async function takePicture(page: Page, name: string): Promise<void> {
	await page.waitForTimeout(SETTLE_MS);
	await page.screenshot({ path: join(PICTURES_FOLDER, `${name}.png`) });
	console.log(`docs/pictures/${name}.png`);
}

async function logIn(page: Page, { n8n, login }: LiveSandbox): Promise<void> {
	await page.goto(`${n8n.url}/signin`);
	await page.locator('input[name=emailOrLdapLoginId]').fill(login.email);
	await page.locator('input[name=password]').fill(login.password);
	await page.locator('[data-test-id=form-submit-button]').click();
	await page.waitForURL((url) => !url.pathname.includes('signin'));
}

function canvasNode(page: Page, name: string) {
	return page.locator(`[data-test-id=canvas-node][data-node-name="${name}"]`);
}

/** Opens an example in the editor and runs it to the end. */
async function runExample(page: Page, { n8n }: LiveSandbox, name: string): Promise<void> {
	const { id } = await readExample(name);
	await page.goto(`${n8n.url}/workflow/${id}`);
	await canvasNode(page, 'Start').waitFor();
	await page.locator('[data-test-id=execute-workflow-button]').first().click();
	await page.getByText('Workflow executed successfully').waitFor({ timeout: RUN_WITHIN_MS });
	await page.locator('.el-notification__closeBtn').click();
}

/** Takes a picture of an open node, after doing something in it. */
async function pictureNode(
	page: Page,
	nodeName: string,
	picture: string,
	prepare: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
	await canvasNode(page, nodeName).dblclick({ force: true });
	await page.locator('[data-test-id=ndv]').waitFor();
	await prepare();
	await takePicture(page, picture);
	await page.locator('[data-test-id=ndv-close-button]').click();
	await page.locator('[data-test-id=ndv]').waitFor({ state: 'hidden' });
}

async function pictureAll(page: Page, live: LiveSandbox): Promise<void> {
	await runExample(page, live, MAIN_EXAMPLE);
	await takePicture(page, 'workflow');
	await pictureNode(page, 'Pick a style', 'apply-lora-preset');
	await pictureNode(page, 'fal', 'generate', async () => {
		await page.locator('[data-test-id=ndv-view-binary-data]').first().click();
	});

	await runExample(page, live, 'submit-and-fetch');
	await takePicture(page, 'submit-and-fetch');
	await pictureNode(page, 'Check the task', 'get-task-result');

	await page.goto(`${live.n8n.url}/home/credentials/zImageSandboxFal`);
	await page.getByText('Connection tested successfully').waitFor();
	await takePicture(page, 'credential');
}

async function main(): Promise<void> {
	await mkdir(PICTURES_FOLDER, { recursive: true });
	const userFolder = await mkdtemp(join(tmpdir(), 'z-image-pictures-'));
	let stop = (): Promise<void> => Promise.resolve();
	const browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_ARGUMENTS });
	try {
		const live = await startLiveSandbox(userFolder, console.log, (stopAll) => (stop = stopAll));
		const page = await browser.newPage({ viewport: VIEWPORT, locale: 'en-GB' });
		await logIn(page, live);
		await pictureAll(page, live);
	} finally {
		await browser.close();
		await stop();
		await rm(userFolder, { recursive: true, force: true });
	}
}

main().then(
	() => process.exit(0),
	(error: unknown) => {
		console.error(error);
		process.exit(1);
	},
);
