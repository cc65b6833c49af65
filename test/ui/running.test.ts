import { type Rig, sitDown } from './rig';
import { openWith } from './workflows';

/** What is run, what the panel says about the failure, and what it advises. */
const ERRORS = [
	{
		name: 'a task that fails',
		parameters: { prompt: 'A fox [sandbox:fail=The model ran out of memory]' },
		title: 'fal could not make the image: The model ran out of memory',
		description: /Task ID: /,
	},
	{
		name: 'a key that is refused',
		parameters: { prompt: 'A fox [sandbox:submit=401]' },
		title: 'fal did not accept the request (HTTP 401)',
		description: /Check the API key in the node's credential/,
	},
	{
		name: 'an account without money',
		parameters: { prompt: 'A fox [sandbox:no-money]' },
		title: 'fal did not accept the request (HTTP 403)',
		description: /balance/,
	},
	{
		name: 'a refused prompt',
		parameters: { prompt: 'A fox [sandbox:moderate]', provider: 'novita' },
		title: 'Novita did not accept the request (HTTP 400)',
		description: /prompt/i,
	},
	{
		name: 'a size that is too large',
		parameters: { prompt: 'A fox', provider: 'novita', size: 'custom', width: 5000 },
		title: 'Width must be a whole number between 256 and 1536 on Novita (got 5000)',
		description: /./,
	},
	{
		name: 'a task that takes too long',
		parameters: { prompt: 'A fox [sandbox:never]', options: { timeoutSeconds: 1 } },
		title: 'did not finish the image within 1 second',
		description: /Get Task Result/,
	},
	{
		name: 'a missing file',
		parameters: { prompt: 'A fox', operation: 'imageToImage' },
		title: 'data',
		description: /./,
	},
] as const;

let rig: Rig;
beforeAll(async () => {
	rig = await sitDown();
});
afterAll(async () => await rig?.close());

/** Opens a Generate node in its own workflow. */
async function openGenerate(parameters: object): Promise<void> {
	await openWith(rig, 'zImageGenerate', parameters);
	await rig.editor.openNode('zImageGenerate');
}

describe('an error says what happened and what to do', () => {
	it.each(ERRORS)('$name', async ({ name, parameters, title, description }) => {
		const { editor, album } = rig;
		await openGenerate(parameters);
		await editor.panel.executeStep();
		await editor.panel.output.filled();
		await album.take(`50-${name.replaceAll(' ', '-')}`);
		expect(await editor.panel.output.errorTitle.innerText()).toContain(title);
		expect(await editor.panel.output.errorDescription.innerText()).toMatch(description);
	});
});

it('a running execution is stopped', async () => {
	const { editor, album } = rig;
	await openGenerate({ prompt: 'A fox [sandbox:never]' });
	await editor.panel.executeStep();
	await album.take('51-running');
	await editor.panel.close();
	await editor.canvas.stop();
	await editor.page.getByText('Execution stopped').waitFor();
	await album.take('52-stopped');
});

it('the prompt is an expression with a preview', async () => {
	const { editor, album } = rig;
	await openGenerate({});
	await editor.panel.writeExpression('prompt', '{{ "A fox " + "in the snow" }}');
	await editor.panel.preview('prompt').getByText('A fox in the snow').waitFor();
	await album.take('53-expression');
});

it('a hint says which option was ignored', async () => {
	const { editor, album } = rig;
	await openGenerate({ prompt: 'A fox', provider: 'novita', options: { steps: 4 } });
	await editor.panel.executeStep();
	await editor.panel.output.filled();
	await album.take('54-hints');
	expect(await editor.panel.output.root.innerText()).toMatch(/Steps/);
});
