export interface Messages {}
