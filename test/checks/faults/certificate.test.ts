import { once } from 'events';
import { X509Certificate } from 'crypto';
import { connect, createServer } from 'tls';
import type { AddressInfo } from 'net';

import { createCertificate, type CertificateFlaw } from '../../../checks/faults/certificate';

/** A client's error for a server's certificate. Undefined if it accepts it. */
async function complaint(flaw: CertificateFlaw): Promise<string | undefined> {
	const server = createServer({ ...createCertificate(flaw) }, (socket) => socket.end());
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const socket = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
	try {
		await once(socket, 'secureConnect');
		return undefined;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code;
	} finally {
		socket.destroy();
		server.close();
	}
}

it.each([
	['none', undefined],
	['self-signed', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
	['expired', 'CERT_HAS_EXPIRED'],
	['wrong-host', 'ERR_TLS_CERT_ALTNAME_INVALID'],
] as const)('a certificate with the flaw %s: %s', async (flaw, code) => {
	expect(await complaint(flaw)).toBe(code);
});

it('is for this machine', () => {
	const { cert } = createCertificate('self-signed');
	expect(new X509Certificate(cert).subjectAltName).toBe('IP Address:127.0.0.1');
});
