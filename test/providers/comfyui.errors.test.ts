import { answerFailure } from '../../nodes/ZImage/http/failures';
import { comfyui } from '../../nodes/ZImage/providers/comfyui';
import { answer, documented } from '../support/fakeClient';

it.each([
	['errorModelNotInList', 'Choose another one in the option Diffusion Model, or download it from'],
	['errorLoraNotInLongList', "The server doesn't have the LoRA missing.safetensors. Choose one"],
	['errorMissingClassOlder', "does not exist: Node ID '#1'. Install the custom nodes ComfyUI-GGUF"],
	['errorNoOutputs', 'Prompt has no outputs'],
])('%s says what to do', (fixture, words) => {
	expect(comfyui.errorText(documented(comfyui, fixture).body)).toContain(words);
});

it('says where to put a LoRA before listing the existing ones, however long the list is', () => {
	const names = Array.from({ length: 20 }, (_, index) => `'styles/a_very_long_name_${index}'`);
	const body = {
		error: {
			type: 'prompt_outputs_failed_validation',
			message: 'Prompt outputs failed',
			details: '',
		},
		node_errors: {
			lora1: {
				class_type: 'LoraLoaderModelOnly',
				errors: [
					{
						type: 'value_not_in_list',
						message: 'Value not in list',
						details: `lora_name: 'a/b' not in [${names.join(', ')}]`,
						extra_info: { input_name: 'lora_name', received_value: 'a/b' },
					},
				],
			},
		},
	};
	const { message, details } = answerFailure(comfyui, answer(400, body), 'did not accept it');
	expect(message).toContain("https://huggingface.co/a/b to ComfyUI's models/loras folder");
	expect(message).toMatch(/It has 'styles\/a_very_long_name_0'.*…$/);
	// Advice for hosted providers doesn't help here.
	expect(details.description).not.toContain('public Hugging Face repository');
});
