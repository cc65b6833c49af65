/** Jest's asymmetric matchers, typed so that they fit anywhere in an expected value. */
export const like = {
	any: (type: unknown): unknown => expect.any(type),
	anything: (): unknown => expect.anything(),
	text: (pattern: RegExp): unknown => expect.stringMatching(pattern),
	textWith: (part: string): unknown => expect.stringContaining(part),
	object: (part: object): unknown => expect.objectContaining(part),
	listWith: (part: unknown[]): unknown => expect.arrayContaining(part),
};
