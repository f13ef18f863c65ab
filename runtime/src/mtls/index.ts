/**
 * Workload certificates and what stands in them: read, validated and watched; served and presented without a restart; and the
 * peers at the other end, authorized by exact name.
 */
export { CertificateError, type CertificateBundle, type CertificateFiles, type Expected } from './bundle.ts';
export {
  openCertificate,
  type CertificateOptions,
  type CertificateStatus,
  type WorkloadCertificate,
} from './certificate.ts';
export { certificateAgent, certificateDispatcher } from './clients.ts';
export { mayCall, peerAuthorization, peerIdentity, type Peer, type PeerAuthorizationOptions } from './peers.ts';
export { rotateServer, serverTls, type RotationOptions } from './server.ts';
