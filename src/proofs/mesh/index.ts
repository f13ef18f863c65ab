export { meshOf, type Mesh } from './membership.ts';
export { plaintextIn, type MeshVerdict } from './strict.ts';
