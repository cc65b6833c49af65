import type { Call } from './judge';
import type { Generated } from './generateOne';
import type { Plan } from './plan';
import { documentedCostUsd, formatUsd, seed } from './plan';
import type { Difference } from './shape';
import { valuesAt } from './shape';

/** What is worth knowing besides the form of the responses. */
export interface Facts {
	readonly lines: readonly string[];
	readonly differences: readonly Difference[];
	/** The cost in US dollars, as far as it is known. */
	readonly costUsd: number | null;
}

type Part = Omit<Facts, 'costUsd'>;

const nothing: Part = { lines: [], differences: [] };

const note = (text: string): Difference => ({ breaks: false, text });

function lastBody(calls: readonly Call[], kind: Call['kind']): unknown {
	return calls.filter((call) => call.kind === kind).at(-1)?.exchange.json;
}

function imageFacts({ subject }: Plan, { image }: Generated, calls: readonly Call[]): Part {
	if (!image) return nothing;
	const { width, height } = subject.size;
	const download = calls.filter(({ kind }) => kind === 'download').at(-1)?.exchange;
	const header = download?.headers['content-type']?.split(';', 1)[0];
	const differences: Difference[] = [];
	if (image.width !== width || image.height !== height) {
		differences.push(
			note(`the image is ${image.width}x${image.height}, asked was ${width}x${height}`),
		);
	}
	if (subject.contentType !== undefined && subject.contentType !== image.mimeType) {
		differences.push(
			note(`the image is ${image.mimeType}, the documented default is ${subject.contentType}`),
		);
	}
	if (header !== undefined && header !== image.mimeType) {
		differences.push(note(`the header calls the file ${header}, and it is ${image.mimeType}`));
	}
	const size = `${image.mimeType} ${image.width}x${image.height}, ${image.bytes} bytes`;
	return { lines: [`image: ${size}, header ${header ?? 'none'}`], differences };
}

function seedFacts(calls: readonly Call[]): Part {
	const paths = ['seed', 'extra.seed'];
	const bodies = [lastBody(calls, 'status'), lastBody(calls, 'result')];
	const told = bodies
		.flatMap((body) => paths.flatMap((path) => valuesAt(body, path)))
		.find((value) => value !== undefined && value !== null && value !== '');
	if (told === undefined) return { lines: [`seed: not told, ${seed} was asked`], differences: [] };
	const isSame = String(told) === String(seed);
	return {
		lines: [`seed: told${isSame ? `, ${seed} as asked` : ''}`],
		differences: isSame ? [] : [note(`the seed is told as ${String(told)}, asked was ${seed}`)],
	};
}

/** The lifetime in seconds that is part of the link itself. */
function linkSeconds(url: string): string | undefined {
	if (!URL.canParse(url)) return undefined;
	const { searchParams } = new URL(url);
	return searchParams.get('X-Amz-Expires') ?? searchParams.get('X-Goog-Expires') ?? undefined;
}

function linkFacts({ json }: Generated, calls: readonly Call[]): Part {
	if (!json) return nothing;
	const told = valuesAt(lastBody(calls, 'status'), 'images[].image_url_ttl')[0];
	const own = typeof json.url === 'string' ? linkSeconds(json.url) : undefined;
	const host =
		typeof json.url === 'string' && URL.canParse(json.url) ? new URL(json.url).host : 'none';
	const lifetime = told === undefined ? 'no lifetime told' : `lives ${String(told)} seconds`;
	const differs = told !== undefined && own !== undefined && String(told) !== own;
	return {
		lines: [`link: on ${host}, ${lifetime}${own === undefined ? '' : `, by itself ${own}`}`],
		differences: differs ? [note(`the link lives ${own} seconds, told are ${String(told)}`)] : [],
	};
}

/** The nodes build the status URL themselves. It should be the one that the provider returns. */
function addressFacts(calls: readonly Call[]): Part {
	const [told] = valuesAt(lastBody(calls, 'submit'), 'status_url');
	const used = calls.find(({ kind }) => kind === 'status')?.exchange.path;
	if (typeof told !== 'string' || !URL.canParse(told) || used === undefined) return nothing;
	const { pathname } = new URL(told);
	if (used.endsWith(pathname)) return nothing;
	return {
		lines: [],
		differences: [note(`the status is at ${pathname}, and was asked for at ${used}`)],
	};
}

/** How much the account balance has dropped in US dollars, if the provider reports it. */
function chargedUsd({ subject }: Plan, calls: readonly Call[]): number | undefined {
	const tests = calls.filter(({ kind }) => kind === 'credential test');
	const [before, after] = [tests[0], tests[1]].map((call) =>
		call ? subject.balanceUsd?.(call.exchange.json) : undefined,
	);
	return before === undefined || after === undefined ? undefined : before - after;
}

/** fal's price for the model in use must be the one that the nodes use for estimates. */
function priceDifference({ subject, request }: Plan, calls: readonly Call[]): Difference[] {
	const body = lastBody(calls, 'credential test');
	const [price] = valuesAt(body, 'prices[].unit_price');
	const [unit] = valuesAt(body, 'prices[].unit');
	if (typeof price !== 'number' || unit !== 'megapixels') return [];
	const counted = documentedCostUsd(subject, { ...request, width: 1000, height: 1000 });
	if (counted === price) return [];
	return [{ breaks: true, text: `a megapixel costs ${price} USD; the nodes count ${counted} USD` }];
}

/** Whether every submit got a response and none was a success. */
function wasRefused(calls: readonly Call[]): boolean {
	const submits = calls.filter(({ kind }) => kind === 'submit');
	return submits.length > 0 && submits.every(({ exchange }) => exchange.statusCode >= 300);
}

function costFacts(plan: Plan, { json }: Generated, calls: readonly Call[]): Facts {
	const told = typeof json?.estimatedCostUsd === 'number' ? json.estimatedCostUsd : null;
	const estimate = told ?? plan.costUsd;
	const charged = chargedUsd(plan, calls);
	const units = calls
		.map(({ exchange }) => exchange.headers['x-fal-billable-units'])
		.find((value) => value !== undefined);
	const isTold = ['tokens_used', 'credits_used'].some((name) =>
		valuesAt(lastBody(calls, 'submit'), `meta.usage.${name}`).some((value) => value !== undefined),
	);
	const parts = [
		plan.costUsd === null ? 'no price documented' : `documented ${formatUsd(plan.costUsd)}`,
		isTold && `told ${formatUsd(told)}`,
		units !== undefined && `billable units ${units}`,
		charged !== undefined &&
			(charged > 0
				? `the balance fell by ${formatUsd(charged)}`
				: 'the balance is as before, so far'),
	];
	const isOff =
		charged !== undefined &&
		charged > 0 &&
		estimate !== null &&
		Math.abs(charged - estimate) > 0.0001;
	return {
		lines: [`cost: ${parts.filter(Boolean).join(', ')}`],
		differences: [
			...priceDifference(plan, calls),
			...(isOff
				? [note(`it cost ${formatUsd(charged)}, counted were ${formatUsd(estimate)}`)]
				: []),
		],
		costUsd: charged !== undefined && charged > 0 ? charged : wasRefused(calls) ? 0 : estimate,
	};
}

/** Collects the facts from the responses and the image. */
export function gatherFacts(plan: Plan, generated: Generated, calls: readonly Call[]): Facts {
	const cost = costFacts(plan, generated, calls);
	const parts = [
		imageFacts(plan, generated, calls),
		generated.json ? seedFacts(calls) : nothing,
		addressFacts(calls),
		linkFacts(generated, calls),
		cost,
	];
	return {
		lines: parts.flatMap(({ lines }) => lines),
		differences: parts.flatMap(({ differences }) => differences),
		costUsd: cost.costUsd,
	};
}
