export interface Segments {}
