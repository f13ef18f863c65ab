/**
 * The examples of the specification.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html#example-signature-calculations
 */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { encodeKey, NO_PAYLOAD, signed, type Signable } from './sign.ts';

const credentials = { accessKey: 'AKIAIOSFODNN7EXAMPLE', secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
const host = 'examplebucket.s3.amazonaws.com';
const at = new Date('2013-05-24T00:00:00Z');
const put = createHash('sha256').update('Welcome to Amazon S3.').digest('hex');

const examples: readonly [string, Signable, string][] = [
  [
    'GET Object',
    { method: 'GET', path: '/test.txt', query: {}, headers: { host, range: 'bytes=0-9' }, payload: NO_PAYLOAD },
    'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  ],
  [
    'PUT Object',
    {
      method: 'PUT',
      path: `/${encodeKey('test$file.text')}`,
      query: {},
      headers: { host, date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' },
      payload: put,
    },
    '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  ],
  [
    'GET Bucket Lifecycle',
    { method: 'GET', path: '/', query: { lifecycle: '' }, headers: { host }, payload: NO_PAYLOAD },
    'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
  ],
  [
    'Get Bucket (List Objects)',
    { method: 'GET', path: '/', query: { 'max-keys': '2', prefix: 'J' }, headers: { host }, payload: NO_PAYLOAD },
    '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  ],
];

test.each(examples)('%s', (_, request, signature) => {
  expect(signed(request, credentials, 'us-east-1', at)['authorization']).toMatch(
    new RegExp(
      `^AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=[a-z0-9;-]+,Signature=${signature}$`,
    ),
  );
});

test('what no URL may hold is encoded once, slashes are kept', () => {
  expect(encodeKey("a b/ü+'(1)*.txt")).toBe('a%20b/%C3%BC%2B%27%281%29%2A.txt');
});

test('a token of temporary credentials is signed with the rest', () => {
  const headers = signed(examples[0]![1], { ...credentials, sessionToken: 'token' }, 'us-east-1', at);
  expect(headers['x-amz-security-token']).toBe('token');
  expect(headers['authorization']).toContain('x-amz-date;x-amz-security-token,');
});
