import { credentialsFor } from '../support/credentials';
import { makePicture } from '../support/picture';
import { inBinaryMode, runWorkflow, storeFile } from '../support/runWorkflow';
import { submitsOf, useSandbox } from '../support/sandboxes';

const getSandbox = useSandbox();
const boat = makePicture('png', 64, 48);

/** How a small source image is sent. */
const sentBoat = `data:image/png;base64,${boat.toString('base64')}`;

describe.each(['default', 'filesystem-v2', 'database'] as const)(
	'n8n keeps files in %s',
	(mode) => {
		it.each([
			['the name', 'data'],
			['the name, with a line end', '={{ "data\\n" }}'],
			['the file itself', '={{ $binary.data }}'],
		])('Image Field may be %s', async (_, imageField) => {
			const { error } = await inBinaryMode(
				mode,
				async () =>
					await runWorkflow({
						inputBinary: { data: await storeFile(boat) },
						steps: [
							{
								type: 'zImageGenerate',
								parameters: {
									provider: 'fal',
									prompt: 'a boat',
									operation: 'imageToImage',
									imageField,
								},
							},
						],
						credentials: credentialsFor(getSandbox()),
					}),
			);
			expect(error).toBeUndefined();
			expect(submitsOf(getSandbox()).map(({ body }) => body)).toEqual([
				expect.objectContaining({ image_url: sentBoat }),
			]);
		});

		it('Image Field may name a file that the combined binary mode has put into the json', async () => {
			const { error } = await inBinaryMode(mode, async () => {
				const file = await storeFile(boat);
				return await runWorkflow({
					items: [{ _files: { photo: file as never } }],
					steps: [
						{
							type: 'zImageGenerate',
							parameters: {
								provider: 'fal',
								prompt: 'a boat',
								operation: 'imageToImage',
								imageField: 'photo',
							},
						},
					],
					credentials: credentialsFor(getSandbox()),
				});
			});
			expect(error).toBeUndefined();
			expect(submitsOf(getSandbox()).map(({ body }) => body)).toEqual([
				expect.objectContaining({ image_url: sentBoat }),
			]);
		});
	},
);
