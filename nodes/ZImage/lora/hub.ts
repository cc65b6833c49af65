/** Where the community's LoRAs are, and where the providers load `owner/name` from. */
export const huggingFaceUrl = 'https://huggingface.co';

/** The hosts of LoRAs, as a link starts that was copied without its `https://`. */
export const loraHostPattern =
	'(?:www\\.)?(?:huggingface\\.co|hf\\.co|civitai\\.(?:com|green|red)|dropbox\\.com|github\\.com|(?:drive|docs)\\.google\\.com|modelscope\\.(?:cn|ai))/';

/**
 * `owner/name` of a repository on Hugging Face. The first part of a link to a host or a dataset isn't an owner.
 */
export const hubRepositoryPattern = `(?!datasets/|${loraHostPattern})\\w[\\w.-]*/\\w[\\w.-]*`;

/**
 * `owner/name` of a repository on Hugging Face (first group), or a weights file in it (second group) as
 * `owner/name/file.safetensors`, including folders and the `blob/main` of its page.
 */
export const hubIdPattern = `(${hubRepositoryPattern})(?:/(?:(?:blob|resolve)/main/)?([^#?]+\\.safetensors))?`;
