export { createLifecycle, type DrainReport, type Lifecycle, type Phase } from './lifecycle.ts';
export { readLifecycleOptions, type LifecycleOptions } from './options.ts';
export { checkGrace, type GraceAnswer, type GraceTimes } from './grace.ts';
export { endEventStream, endLongPoll, type AnyResponse, type Finish, type RetryHint } from './open-ended.ts';
export type { WebSocketEnding, WebSocketServerLike } from './web-sockets.ts';
export type { AnyServer, CutOff } from './attached-server.ts';
export type { HookRun, Stage } from './hooks.ts';
export { lifecyclePlugin, type LifecyclePluginOptions } from './plugin.ts';
export { EXIT } from './process.ts';
