/** Where the LoRAs of the community are, and what the providers load `owner/name` from. */
export const huggingFaceUrl = 'https://huggingface.co';

/** The hosts that LoRAs are on, as a link to them begins when it was copied without its `https://`. */
export const loraHostPattern =
	'(?:www\\.)?(?:huggingface\\.co|hf\\.co|civitai\\.(?:com|green|red)|dropbox\\.com|github\\.com|(?:drive|docs)\\.google\\.com|modelscope\\.(?:cn|ai))/';

/** `owner/name` of a repository on Hugging Face. What a link to a host or to a dataset begins with is no owner. */
export const hubRepositoryPattern = `(?!datasets/|${loraHostPattern})\\w[\\w.-]*/\\w[\\w.-]*`;

/**
 * `owner/name` of a repository on Hugging Face (first group), or a weights file in it (second group) as
 * `owner/name/file.safetensors`, folders and the `blob/main` of its page included.
 */
export const hubIdPattern = `(${hubRepositoryPattern})(?:/(?:(?:blob|resolve)/main/)?([^#?]+\\.safetensors))?`;
