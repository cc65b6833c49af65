/** The selector of an element by n8n's test ID. */
export function testId(id: string): string {
	return `[data-test-id="${id}"]`;
}

/** The same, for visible elements only. */
export function visible(id: string): string {
	return `${testId(id)}:visible`;
}
