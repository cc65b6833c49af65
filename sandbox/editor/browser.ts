import { type BrowserContext, type BrowserServer, chromium } from 'playwright-core';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const VIEWPORT = { width: 1440, height: 900 };
/** For one step of a person: a click, a word that appears. */
const STEP_WITHIN_MS = 30_000;

const ARGUMENTS = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];

/** Starts Debian's chromium for whoever connects to it. */
export async function startBrowser(): Promise<BrowserServer> {
	return await chromium.launchServer({ executablePath: CHROMIUM, args: ARGUMENTS });
}

/** What a window keeps of somebody who has logged in. */
export type Session = Awaited<ReturnType<BrowserContext['storageState']>>;

/** A new window, in which nobody has logged in, or somebody has in a window before. */
export async function openWindow(browserUrl: string, session?: Session): Promise<BrowserContext> {
	const browser = await chromium.connect(browserUrl);
	const window = await browser.newContext({
		viewport: VIEWPORT,
		locale: 'en-GB',
		...(session && { storageState: session }),
	});
	window.setDefaultTimeout(STEP_WITHIN_MS);
	return window;
}
