export interface Params {
  readonly servedWithin: string;
  readonly refusedWithin: string;
  readonly inARow: number;
  readonly listAhead: string;
  readonly loadPath: string;
}
