// Arrival rates, not users: a slow answer must not slow the load down.
const profiles = {
  short: { rate: 100, duration: '2m' },
  nightly: { rate: 400, duration: '20m' },
  // Twice the expected peak of the public launch.
  peak: { rate: 2000, duration: '30m' },
};

const profile = profiles[__ENV.PROFILE || 'short'];

export function arrival(exec, share = 1) {
  return {
    executor: 'constant-arrival-rate',
    exec,
    rate: Math.ceil(profile.rate * share),
    timeUnit: '1s',
    duration: profile.duration,
    preAllocatedVUs: 200,
    maxVUs: 2000,
  };
}

export const target = __ENV.TARGET || 'https://api.staging.gpucloud.example';
