export interface Trust {}
