export { rulesAbout } from './about.ts';
export { bookOf, recordDepth, restsOn } from './book.ts';
export { expectedOf } from './expected.ts';
export { judgeSlo, type Judged, type Policy } from './judge.ts';
