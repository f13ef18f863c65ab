export { judgeSlo, type Judged, type Policy } from './judge.ts';
export { rulesAbout } from './about.ts';
