import { type BrowserContext, type BrowserServer, chromium } from 'playwright-core';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const VIEWPORT = { width: 1440, height: 900 };
/** For one step of a person: a click, or a word that appears. */
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

/** Starts Debian's chromium, which any program can connect to. */
export async function startBrowser(): Promise<BrowserServer> {
	return await chromium.launchServer({ executablePath: CHROMIUM, args: ARGUMENTS });
}

/** What a window keeps of a logged-in person. */
export type Session = Awaited<ReturnType<BrowserContext['storageState']>>;

/** A new window. Nobody is logged in unless a previous window's session is given. */
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
