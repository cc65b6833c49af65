import { imageAt } from '../../nodes/ZImage/providers/shared/imageAt';

it.each([
	['https://a.example/1.png', { url: 'https://a.example/1.png' }],
	['http://localhost:5000/1.png', { url: 'http://localhost:5000/1.png' }],
	['data:image/png;base64,AA==', { inline: 'data:image/png;base64,AA==' }],
	['DATA:image/png;base64,AA==', { inline: 'data:image/png;base64,AA==' }],
	['data:image/png; Base64 ,AA==', { inline: 'data:image/png; Base64 ,AA==' }],
	['data:image/png;base64,AA%3D%3D', { inline: 'data:image/png;base64,AA==' }],
	// Base64 without the label.
	['data:image/png,iVBORw==', { inline: 'data:image/png;base64,iVBORw==' }],
	['data:image/png,%89PNG%0D', { inline: 'data:image/png;base64,iVBORw0=' }],
	['data:,', { inline: 'data:,' }],
	['data:', { inline: 'data:,' }],
	['https://a.example/?of=data:image/png', { url: 'https://a.example/?of=data:image/png' }],
	['https://data.example/1.png', { url: 'https://data.example/1.png' }],
	['database/1.png', { url: 'database/1.png' }],
])('%s is %j', (url, expected) => {
	expect(imageAt(url)).toStrictEqual(expected);
});
